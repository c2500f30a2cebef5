-- Codes in sealed letters, reminders that may be muted, wrong passwords counted for all nodes. 受付番号 are drawn by lot now.

-- Letters that are printed and not mailed.
CREATE INDEX letters_sealed ON letters (institution, id) WHERE state = 'sealed';

ALTER TABLE certificates ADD COLUMN muted_at {integer};
-- The daily job asks of holds and mutes as well, without touching a row.
DROP INDEX certificates_due;
CREATE INDEX certificates_due
  ON certificates (institution, expiry_day, serial, login_id, authority, issued_at, id, held_at, muted_at)
  WHERE stage = 'issued' AND revoked_at IS NULL;
CREATE INDEX certificates_unconfirmed ON certificates (institution, issued_at, id)
  WHERE stage = 'issued' AND confirmed_at IS NULL AND revoked_at IS NULL;

CREATE TABLE password_tries (
  account {text} NOT NULL PRIMARY KEY,
  wrong {integer} NOT NULL,
  first {integer} NOT NULL,
  locked_until {integer}
){keyed};
CREATE INDEX password_tries_first ON password_tries (first);

DROP TABLE request_numbers;
