-- Reminders: of certificates that were never used (O1), those that a holder muted (O18), IDs that mail does not reach (O15, O16),
-- and what a company's 管理者 are told of their users once a day.

CREATE INDEX certificates_unconfirmed ON certificates (institution, issued_at, serial)
  WHERE stage = 'issued' AND confirmed_at IS NULL AND revoked_at IS NULL AND held_at IS NULL;

CREATE TABLE mutes (
  authority {text} NOT NULL,
  serial {bytes} NOT NULL,
  since {integer} NOT NULL,
  PRIMARY KEY (authority, serial)
){keyed};

CREATE INDEX holders_unaddressed ON holders (institution, login_id) WHERE mail = '';
CREATE INDEX contacts_address ON contacts (institution, address, login_id);

-- A line waits here from the reminder until the digest of that day takes it up.
CREATE TABLE digest_lines (
  institution {text} NOT NULL,
  contract {text} NOT NULL,
  login_id {text} NOT NULL,
  kind {text} NOT NULL,
  expiry_day {integer} NOT NULL,
  reached {integer} NOT NULL,
  PRIMARY KEY (institution, contract, login_id, kind),
  FOREIGN KEY (institution, login_id) REFERENCES holders (institution, login_id)
){keyed};
