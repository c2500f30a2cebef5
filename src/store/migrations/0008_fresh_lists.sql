-- Looked at every second: what was revoked since a list was made.
CREATE INDEX certificates_revoked_at ON certificates (authority, revoked_at, serial) WHERE revoked_at IS NOT NULL;

-- The highest number that a list may have been signed with, published or not.
CREATE TABLE crl_numbers (
  authority {text} NOT NULL PRIMARY KEY,
  reserved {integer} NOT NULL
);
