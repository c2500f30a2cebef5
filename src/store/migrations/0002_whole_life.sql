-- The whole life of an ID: contracts, holds, codes that wait for their hour, mail addresses, the bank's own people and what they
-- ask one another. Rows of before keep what they said. A column that must lose its NOT NULL is made anew beside the old one, copied
-- and renamed: the one way that both engines know.

ALTER TABLE holders ADD COLUMN contract {text} NOT NULL DEFAULT '';
UPDATE holders SET contract = company;
CREATE INDEX holders_contract ON holders (institution, contract, login_id);
CREATE INDEX holders_company ON holders (institution, company, login_id);
CREATE INDEX holders_unfetched ON holders (institution, acquire_until, login_id) WHERE entitlement = 'acquirable';

ALTER TABLE codes ADD COLUMN purpose {text} NOT NULL DEFAULT 'certificate';
ALTER TABLE codes ADD COLUMN made {bytes};
ALTER TABLE codes ADD COLUMN usable_from {integer} NOT NULL DEFAULT 0;
ALTER TABLE codes ADD COLUMN released_by {text} NOT NULL DEFAULT '';
UPDATE codes SET made = hash, usable_from = created_at;
ALTER TABLE codes DROP COLUMN hash;
ALTER TABLE codes RENAME COLUMN made TO hash;
CREATE INDEX codes_to_make ON codes (usable_from, id, expires_at) WHERE hash IS NULL AND used_at IS NULL;

-- They stand behind `der`, which every reader of them reads as well.
ALTER TABLE certificates ADD COLUMN held_at {integer};
ALTER TABLE certificates ADD COLUMN held_by {text} NOT NULL DEFAULT '';

ALTER TABLE sessions ADD COLUMN seen_at {integer} NOT NULL DEFAULT 0;
UPDATE sessions SET seen_at = created_at;

-- A notice may be about the ID and no certificate: NULLs never conflict in notices_once.
ALTER TABLE notices ADD COLUMN certificate {bytes};
UPDATE notices SET certificate = serial;
DROP INDEX notices_once;
ALTER TABLE notices DROP COLUMN serial;
ALTER TABLE notices RENAME COLUMN certificate TO serial;
CREATE UNIQUE INDEX notices_once ON notices (serial, kind);

ALTER TABLE letters ADD COLUMN wipe {integer} NOT NULL DEFAULT 0;

CREATE TABLE contacts (
  institution {text} NOT NULL,
  login_id {text} NOT NULL,
  address {text} NOT NULL,
  added_at {integer} NOT NULL,
  checked_at {integer},
  check_hash {bytes},
  check_until {integer},
  check_tries {integer} NOT NULL,
  undeliverable_since {integer},
  undeliverable_why {text} NOT NULL,
  soft_bounces {integer} NOT NULL,
  PRIMARY KEY (institution, login_id, address),
  FOREIGN KEY (institution, login_id) REFERENCES holders (institution, login_id)
){keyed};
CREATE INDEX contacts_undeliverable ON contacts (institution, login_id, address) WHERE undeliverable_since IS NOT NULL;
-- What the bank has on record counts as checked.
INSERT INTO contacts (institution, login_id, address, added_at, checked_at, check_tries, undeliverable_why, soft_bounces)
  SELECT institution, login_id, mail, created_at, created_at, 0, '', 0 FROM holders WHERE mail <> '';

CREATE TABLE staff (
  institution {text} NOT NULL,
  login_id {text} NOT NULL,
  role {text} NOT NULL,
  name {text} NOT NULL,
  password_hash {text} NOT NULL,
  certificate {bytes} NOT NULL,
  fingerprint {bytes} NOT NULL,
  added_at {integer} NOT NULL,
  removed_at {integer},
  PRIMARY KEY (institution, login_id)
){keyed};
CREATE UNIQUE INDEX staff_fingerprint ON staff (fingerprint);

CREATE TABLE staff_sessions (
  token_hash {bytes} NOT NULL PRIMARY KEY,
  institution {text} NOT NULL,
  login_id {text} NOT NULL,
  fingerprint {bytes} NOT NULL,
  created_at {integer} NOT NULL,
  expires_at {integer} NOT NULL,
  seen_at {integer} NOT NULL,
  FOREIGN KEY (institution, login_id) REFERENCES staff (institution, login_id)
){keyed};
CREATE INDEX staff_sessions_person ON staff_sessions (institution, login_id);
CREATE INDEX staff_sessions_end ON staff_sessions (expires_at);

CREATE TABLE request_numbers (
  institution {text} NOT NULL,
  day {integer} NOT NULL,
  last {integer} NOT NULL,
  PRIMARY KEY (institution, day)
){keyed};

CREATE TABLE requests (
  institution {text} NOT NULL,
  number {text} NOT NULL,
  login_id {text} NOT NULL,
  act {text} NOT NULL,
  state {text} NOT NULL,
  about {bytes},
  identity_check {text} NOT NULL,
  call_back {text} NOT NULL,
  requested_by {text} NOT NULL,
  requested_at {integer} NOT NULL,
  request_signature {bytes} NOT NULL,
  decided_by {text} NOT NULL,
  decided_at {integer},
  decision_signature {bytes} NOT NULL,
  decision_note {text} NOT NULL,
  PRIMARY KEY (institution, number),
  FOREIGN KEY (institution, login_id) REFERENCES holders (institution, login_id)
){keyed};
CREATE INDEX requests_holder ON requests (institution, login_id, requested_at, number);
CREATE INDEX requests_waiting ON requests (institution, requested_at, number) WHERE state = 'waiting';

-- The story of one ID, newest first.
CREATE INDEX audit_records_subject ON audit_records (institution, subject, at, node, sequence);
