-- The first schema. {text}, {integer}, {bytes}, {identity}, {keyed} and {rows} are the words in which SQLite and PostgreSQL
-- differ (connection.hpp, Dialect). Instants are seconds since 1970 UTC, days are days since 1970-01-01.
-- A read by another way than one of these indexes is a defect: contract_test.cpp looks at SQLite's plans.

CREATE TABLE holders (
  institution {text} NOT NULL,
  login_id {text} NOT NULL,
  role {text} NOT NULL,
  company {text} NOT NULL,
  name {text} NOT NULL,
  mail {text} NOT NULL,
  password_hash {text} NOT NULL,
  entitlement {text} NOT NULL,
  acquire_until {integer},
  created_at {integer} NOT NULL,
  last_login {integer},
  PRIMARY KEY (institution, login_id)
){keyed};

CREATE TABLE codes (
  id {text} NOT NULL PRIMARY KEY,
  institution {text} NOT NULL,
  login_id {text} NOT NULL,
  hash {bytes} NOT NULL,
  created_at {integer} NOT NULL,
  expires_at {integer} NOT NULL,
  used_at {integer},
  FOREIGN KEY (institution, login_id) REFERENCES holders (institution, login_id)
){keyed};
CREATE INDEX codes_usable ON codes (institution, login_id, expires_at) WHERE used_at IS NULL;

-- One row per serial number, kept for ever. `der` stands last, so that reading the others never touches its bytes.
CREATE TABLE certificates (
  id {identity},
  institution {text} NOT NULL,
  login_id {text} NOT NULL,
  authority {text} NOT NULL,
  serial {bytes} NOT NULL,
  stage {text} NOT NULL CHECK (stage IN ('reserved', 'issued', 'abandoned')),
  ticket {text} NOT NULL,
  tbs_hash {bytes} NOT NULL,
  key_hash {bytes} NOT NULL,
  not_before {integer} NOT NULL,
  not_after {integer} NOT NULL,
  expiry_day {integer} NOT NULL,
  reserved_at {integer} NOT NULL,
  fingerprint {bytes},
  issued_at {integer},
  confirmed_at {integer},
  revoked_at {integer},
  reason {integer},
  replaced_by {bytes},
  der {bytes},
  CHECK (stage <> 'issued' OR (fingerprint IS NOT NULL AND issued_at IS NOT NULL AND der IS NOT NULL)),
  CHECK (stage <> 'abandoned' OR revoked_at IS NOT NULL),
  FOREIGN KEY (institution, login_id) REFERENCES holders (institution, login_id)
){rows};
CREATE UNIQUE INDEX certificates_serial ON certificates (authority, serial);
CREATE UNIQUE INDEX certificates_fingerprint ON certificates (fingerprint) WHERE fingerprint IS NOT NULL;
CREATE UNIQUE INDEX certificates_key ON certificates (key_hash) WHERE stage <> 'abandoned';
-- A holder's certificates, and by its last columns which live one is the newest, without touching a row.
CREATE INDEX certificates_holder ON certificates (institution, login_id, stage, revoked_at, issued_at, id);
-- The daily job walks this one in order.
CREATE INDEX certificates_due ON certificates (institution, expiry_day, serial, login_id, authority, issued_at, id)
  WHERE stage = 'issued' AND revoked_at IS NULL;
CREATE INDEX certificates_unfinished ON certificates (reserved_at) WHERE stage = 'reserved';
CREATE INDEX certificates_revoked ON certificates (authority, not_after, serial, revoked_at, reason)
  WHERE revoked_at IS NOT NULL;

CREATE TABLE tickets (
  number {identity},
  id {text} NOT NULL,
  institution {text} NOT NULL,
  login_id {text} NOT NULL,
  kind {text} NOT NULL,
  stage {text} NOT NULL,
  evidence {text} NOT NULL,
  replaces {bytes},
  serial {bytes},
  secret_hash {bytes} NOT NULL,
  created_at {integer} NOT NULL,
  expires_at {integer} NOT NULL,
  FOREIGN KEY (institution, login_id) REFERENCES holders (institution, login_id)
){rows};
CREATE UNIQUE INDEX tickets_id ON tickets (id);
CREATE INDEX tickets_secret ON tickets (secret_hash);
CREATE INDEX tickets_current ON tickets (institution, login_id, created_at, number) WHERE stage IN ('open', 'issued');

CREATE TABLE sessions (
  token_hash {bytes} NOT NULL PRIMARY KEY,
  institution {text} NOT NULL,
  login_id {text} NOT NULL,
  fingerprint {bytes} NOT NULL,
  created_at {integer} NOT NULL,
  expires_at {integer} NOT NULL,
  previous_login {integer}
){keyed};
CREATE INDEX sessions_fingerprint ON sessions (fingerprint);
CREATE INDEX sessions_end ON sessions (expires_at);

CREATE TABLE notice_numbers (
  institution {text} NOT NULL,
  day {integer} NOT NULL,
  last {integer} NOT NULL,
  PRIMARY KEY (institution, day)
){keyed};

CREATE TABLE notices (
  id {identity},
  number {text} NOT NULL,
  institution {text} NOT NULL,
  login_id {text} NOT NULL,
  serial {bytes} NOT NULL,
  kind {text} NOT NULL,
  decided_on {integer} NOT NULL,
  remaining {integer} NOT NULL,
  subject {text} NOT NULL,
  body {text} NOT NULL
){rows};
CREATE UNIQUE INDEX notices_once ON notices (serial, kind);
CREATE UNIQUE INDEX notices_number ON notices (institution, number);
CREATE INDEX notices_holder ON notices (institution, login_id, id);

CREATE TABLE letters (
  id {identity},
  institution {text} NOT NULL,
  login_id {text} NOT NULL,
  notice {text} NOT NULL,
  recipient {text} NOT NULL,
  subject {text} NOT NULL,
  body {text} NOT NULL,
  message_id {text} NOT NULL,
  state {text} NOT NULL,
  attempts {integer} NOT NULL,
  next_attempt {integer} NOT NULL,
  about {bytes}
){rows};
CREATE INDEX letters_waiting ON letters (next_attempt, id) WHERE state = 'waiting';

CREATE TABLE days_done (
  job {text} NOT NULL,
  institution {text} NOT NULL,
  day {integer} NOT NULL,
  PRIMARY KEY (job, institution)
){keyed};

-- The newest list of each authority; older ones are what it replaces.
CREATE TABLE crls (
  authority {text} NOT NULL PRIMARY KEY,
  number {integer} NOT NULL,
  this_update {integer} NOT NULL,
  next_update {integer} NOT NULL,
  der {bytes} NOT NULL
){rows};

-- Every node that ever wrote an audit record: one whose records were all taken away is missed by name.
CREATE TABLE audit_nodes (
  node {text} NOT NULL PRIMARY KEY
){keyed};

CREATE TABLE audit_records (
  node {text} NOT NULL,
  sequence {integer} NOT NULL,
  at {integer} NOT NULL,
  actor {text} NOT NULL,
  action {text} NOT NULL,
  institution {text} NOT NULL,
  subject {text} NOT NULL,
  detail {text} NOT NULL,
  previous {bytes} NOT NULL,
  hash {bytes} NOT NULL,
  PRIMARY KEY (node, sequence)
){keyed};

-- What health writes to see a durable commit happen.
CREATE TABLE heartbeats (
  node {text} NOT NULL PRIMARY KEY,
  beats {integer} NOT NULL
){keyed};
