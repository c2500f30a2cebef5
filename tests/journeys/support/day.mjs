// Calendar days of the institutions' zone (Japan: nine hours ahead, no summer time), as plain "YYYY-MM-DD" texts.

const kJapan = 9 * 3600 * 1000;

// dayOf is the Japanese calendar day of a moment.
export function dayOf(moment) {
  return new Date(new Date(moment).getTime() + kJapan).toISOString().slice(0, 10);
}

export function addDays(day, days) {
  const moment = new Date(`${day}T00:00:00Z`);
  moment.setUTCDate(moment.getUTCDate() + days);
  return moment.toISOString().slice(0, 10);
}

// yearBefore is the day on which a certificate must be issued to end on `day` (journeys.md O2, O5).
export function yearBefore(day) {
  const [year, month, date] = day.split("-");
  return month === "02" && date === "29" ? `${year - 1}-02-28` : `${year - 1}-${month}-${date}`;
}

// yearAfter is the last day of a certificate issued on `day` (D2-20).
export function yearAfter(day) {
  const [year, month, date] = day.split("-");
  return month === "02" && date === "29" ? `${Number(year) + 1}-02-28` : `${Number(year) + 1}-${month}-${date}`;
}

// at is a moment of a Japanese day, as the clock verb takes it.
export function at(day, time = "12:00:00") {
  return `${day}T${time}+09:00`;
}

// longForm is the day as pages and mails write it: 2026年11月30日（月）.
export function longForm(day) {
  const [year, month, date] = day.split("-").map(Number);
  const name = "日月火水木金土"[new Date(`${day}T00:00:00Z`).getUTCDay()];
  return `${year}年${month}月${date}日（${name}）`;
}
