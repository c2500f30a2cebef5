// report turns the lines of bench/run into report.md and report.json.
//
//   node report.mjs RESULTS.jsonl FOLDER [quick]
import { execFileSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { cpus, release } from "node:os";
import { join } from "node:path";

const [, , results, folder, quick] = process.argv;
const lines = readFileSync(results, "utf8").trim().split("\n").filter(Boolean).map((line) => JSON.parse(line));

const kTargets = { audit_us: 100, issue: 2.0, login: 1.0, notices: 2.0, start_ms: 1000 };
const kNames = { p256: "P-256", rsa2048: "RSA-2048", sqlite: "SQLite", postgresql: "PostgreSQL" };

const mean = (values) => values.reduce((sum, value) => sum + value, 0) / values.length;
const median = (values) => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)];
const round = (value, digits) => Number(value.toFixed(digits));
const of = (row) => lines.filter((line) => line.row === row);

// first gives the first line of what a program says of itself.
function first(program, ...args) {
  try {
    return execFileSync("sh", ["-c", `${[program, ...args].join(" ")} 2>&1`], { encoding: "utf8" }).split("\n")[0].trim();
  } catch {
    return "not here";
  }
}

const machine = {
  cpu: cpus()[0].model.trim(),
  cores: cpus().length,
  linux: release(),
  openssl: first("openssl", "version"),
  postgresql: first("/usr/lib/postgresql/*/bin/postgres", "--version"),
  nginx: first("nginx", "-v"),
  compiler: first("c++", "--version"),
  commit: first("git", "rev-parse", "--short", "HEAD"),
  date: new Date().toISOString(),
};

// ---- rows: each has ours, the reference, and the ratio of the two ---------------------------------------------------

const issue = of("issue").map((line) => {
  const reference = mean([line.before.cpu_us, line.after.cpu_us]);
  return {
    kind: line.kind,
    engine: line.engine,
    clients: line.clients,
    ours_us: round(line.result.cpu_us, 1),
    reference_us: round(reference, 1),
    ratio: round(line.result.cpu_us / reference, 2),
    database_us: line.result.database_cpu_us === undefined ? null : round(line.result.database_cpu_us, 1),
    per_second: round(line.result.wall_per_second, 0),
    p50_ms: round(line.result.p50_ms, 2),
    p99_ms: round(line.result.p99_ms, 2),
    certificates: line.result.operations,
    errors: line.result.errors,
    // Only this cell has a target; the others show how it came about.
    target: line.engine === "sqlite" && line.clients === 32 ? kTargets.issue : null,
  };
});

const login = of("login").map((line) => ({
  round: line.round,
  clients: line.clients,
  ours_us: round(line.result.cpu_us, 1),
  reference_us: round(line.nginx.cpu_us, 1),
  ratio: round(line.result.cpu_us / line.nginx.cpu_us, 2),
  per_second: round(line.result.wall_per_second, 0),
  answer_bytes: [line.result.answer_bytes, line.nginx.answer_bytes],
  p50_ms: round(line.result.p50_ms, 2),
  p99_ms: round(line.result.p99_ms, 2),
  logins: line.result.operations,
  errors: line.result.errors + line.nginx.errors,
}));

const notices = of("notices").map((line) => ({
  day: line.day,
  certificates: line.certificates,
  notices: line.result.notices,
  same_rows: line.result.notices === line.bare.notices,
  ours_s: round(line.result.cpu_seconds, 3),
  reference_s: round(line.bare.cpu_seconds, 3),
  ratio: round(line.result.cpu_seconds / line.bare.cpu_seconds, 2),
  wall_s: [round(line.result.wall_seconds, 2), round(line.bare.wall_seconds, 2)],
}));

const audit = [of("audit")].filter((all) => all.length > 0).map((all) => {
  const half = (audited, time) => median(all.filter((line) => line.audited === audited).map((line) => line.result[time]));
  const cpu = { on: half(true, "cpu_us"), off: half(false, "cpu_us") };
  return {
    ours_us: round(cpu.on, 1),
    reference_us: round(cpu.off, 1),
    ratio: round(cpu.on / cpu.off, 2),
    costs_us: round(cpu.on - cpu.off, 1),
    wall_us: [round(half(true, "wall_us"), 1), round(half(false, "wall_us"), 1)],
    rounds: all.length / 2,
  };
});

const start = [...new Set(of("start").map((line) => line.certificates))].map((certificates) => {
  const runs = of("start").filter((line) => line.certificates === certificates).map((line) => line.result);
  return {
    certificates,
    // Wall time: what else runs on the machine only ever adds to it, so the fastest is the program's own.
    fastest_ms: round(Math.min(...runs.map((run) => run.ready_ms)), 0),
    median_ms: round(median(runs.map((run) => run.ready_ms)), 0),
    cpu_ms: round(median(runs.map((run) => run.cpu_ms)), 0),
    resident_mb: round(median(runs.map((run) => run.resident_mb)), 0),
    starts: runs.length,
  };
});

// Three rounds, of which the middle one by CPU time counts.
const middle = (runs) => [...runs].sort((a, b) => a.result.cpu_us - b.result.cpu_us)[Math.floor(runs.length / 2)];

const ocsp = ["plain", "nonce"].filter((question) => of("ocsp").some((line) => line.question === question)).map((question) => {
  const { result, bare } = middle(of("ocsp").filter((line) => line.question === question));
  return {
    question,
    ours_us: round(result.cpu_us, 1),
    reference_us: round(bare.cpu_us, 1),
    ratio: round(result.cpu_us / bare.cpu_us, 2),
    per_second: round(result.wall_per_second, 0),
    bare_per_second: round(bare.wall_per_second, 0),
    p50_ms: round(result.p50_ms, 2),
    p99_ms: round(result.p99_ms, 2),
    answer_bytes: result.answer_bytes,
    answers: result.operations,
    errors: result.errors + bare.errors,
  };
});

const crl = of("crl").map((line) => ({
  entries: line.entries,
  cpu_s: round(line.result.cpu_ms / 1000, 2),
  wall_s: round(line.result.wall_ms / 1000, 2),
  bytes: line.result.bytes,
}));

const signer = ["inside", "apart"].filter((place) => of("signer").some((line) => line.place === place)).map((place) => {
  const { result, clients } = middle(of("signer").filter((line) => line.place === place));
  return {
    place,
    clients,
    cpu_us: round(result.cpu_us, 1),
    per_second: round(result.wall_per_second, 0),
    p50_ms: round(result.p50_ms, 2),
    p99_ms: round(result.p99_ms, 2),
    certificates: result.operations,
    errors: result.errors,
  };
});

const verdicts = [];
const judge = (what, value, target, unit = "times") =>
  verdicts.push({ what, value, target, met: value <= target, text: `${what}: ${value} ${unit}, at most ${target}` });
for (const row of issue) if (row.target) judge(`issuing ${kNames[row.kind]}, SQLite, 32 clients`, row.ratio, row.target);
for (const row of audit) judge("the audit records of an issuing act", row.costs_us, kTargets.audit_us, "us of CPU");
if (login.length) judge(`certificate login against nginx, median of ${login.length} rounds`, median(login.map((row) => row.ratio)), kTargets.login);
for (const row of notices) judge(`notices, ${row.day} day`, row.ratio, kTargets.notices);
if (start.length) judge(`start with ${start.at(-1).certificates} certificates`, start.at(-1).fastest_ms, kTargets.start_ms, "ms");

writeFileSync(join(folder, "report.json"), JSON.stringify({ quick: Boolean(quick), machine, verdicts, issue, login, notices, audit, start, ocsp, crl, signer }, null, 2) + "\n");

// ---- the same for people --------------------------------------------------------------------------------------------

function table(head, rows) {
  const line = (cells) => `| ${cells.join(" | ")} |`;
  return [line(head), line(head.map(() => "---")), ...rows.map(line)].join("\n");
}

const parts = [
  `# Benchmarks${quick ? " (quick: the rows run, the figures mean little)" : ""}\n\n` +
    "Every ratio is of CPU time of one process to CPU time of another within this run; bench/README.md says how to read a row.\n\n" +
    `${machine.cores} cores of ${machine.cpu}, Linux ${machine.linux}, ${machine.openssl}, ${machine.postgresql}, ${machine.nginx}, ` +
    `${machine.compiler}; commit ${machine.commit}, ${machine.date}.\n\n` +
    verdicts.map((verdict) => `- ${verdict.met ? "met" : "**missed**"}: ${verdict.text}`).join("\n"),
];
if (issue.length)
  parts.push(
    "## Issuing, end to end, against the bare work\n\n" +
      table(
        ["issuer and subject", "engine", "clients", "ours, CPU us", "bare, CPU us", "ratio", "database, CPU us", "per second", "p50 ms", "p99 ms", "certificates", "errors"],
        issue.map((row) => [kNames[row.kind], kNames[row.engine], row.clients, row.ours_us, row.reference_us, `**${row.ratio}**`, row.database_us ?? "within", row.per_second, row.p50_ms, row.p99_ms, row.certificates, row.errors]),
      ),
  );
if (login.length)
  parts.push(
    "## Certificate login by full handshake, against nginx\n\n" +
      table(
        ["round", "clients", "ours, CPU us", "nginx, CPU us", "ratio", "per second", "p50 ms", "p99 ms", "answer bytes, ours and nginx", "logins", "errors"],
        login.map((row) => [row.round, row.clients, row.ours_us, row.reference_us, `**${row.ratio}**`, row.per_second, row.p50_ms, row.p99_ms, row.answer_bytes.join(", "), row.logins, row.errors]),
      ),
  );
if (notices.length)
  parts.push(
    "## One day of notices, against the bare SQL\n\n" +
      table(
        ["day", "certificates", "notices", "ours, CPU s", "SQL, CPU s", "ratio", "wall s, ours and SQL", "same rows"],
        notices.map((row) => [row.day, row.certificates, row.notices, row.ours_s, row.reference_s, `**${row.ratio}**`, row.wall_s.join(", "), row.same_rows ? "yes" : "**NO**"]),
      ),
  );
if (audit.length)
  parts.push(
    "## The audit records of an issuing act: on and, in this bench alone, off\n\n" +
      table(
        ["on, CPU us", "off, CPU us", "ratio", "costs, CPU us", "wall us, on and off", "rounds"],
        audit.map((row) => [row.ours_us, row.reference_us, `**${row.ratio}**`, row.costs_us, row.wall_us.join(", "), row.rounds]),
      ),
  );
if (start.length)
  parts.push(
    "## From start to ready\n\n" +
      table(
        ["certificates", "ready, ms (fastest)", "median, ms", "CPU ms", "resident MB", "starts"],
        start.map((row) => [row.certificates, `**${row.fastest_ms}**`, row.median_ms, row.cpu_ms, row.resident_mb, row.starts]),
      ),
  );
if (ocsp.length)
  parts.push(
    "## OCSP over HTTP, against the bare HTTP server with the same octets\n\n" +
      table(
        ["answer", "ours, CPU us", "bare, CPU us", "ratio", "per second", "bare, per second", "p50 ms", "p99 ms", "octets", "answers", "errors"],
        ocsp.map((row) => [row.question === "plain" ? "signed before" : "on demand (nonce)", row.ours_us, row.reference_us, `**${row.ratio}**`, row.per_second, row.bare_per_second, row.p50_ms, row.p99_ms, row.answer_bytes, row.answers, row.errors]),
      ),
  );
if (crl.length)
  parts.push(
    "## One CRL, written, read back, linted, signed\n\n" +
      table(["entries", "CPU s", "wall s", "octets"], crl.map((row) => [row.entries, `**${row.cpu_s}**`, row.wall_s, row.bytes])),
  );
if (signer.length)
  parts.push(
    "## Issuing with the signer inside and apart (P-256, SQLite)\n\n" +
      table(
        ["signer", "clients", "CPU us, both processes", "per second", "p50 ms", "p99 ms", "certificates", "errors"],
        signer.map((row) => [row.place, row.clients, `**${row.cpu_us}**`, row.per_second, row.p50_ms, row.p99_ms, row.certificates, row.errors]),
      ),
  );
writeFileSync(join(folder, "report.md"), parts.join("\n\n") + "\n");
process.stdout.write(verdicts.map((verdict) => `bench: ${verdict.met ? "met" : "MISSED"}: ${verdict.text}\n`).join(""));
