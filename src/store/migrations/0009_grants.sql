-- Logins handed on to the bank's applications: of codes and access tokens only hashes are kept.
CREATE TABLE grants (
  institution {text} NOT NULL,
  code_hash {bytes} NOT NULL,
  login_id {text} NOT NULL,
  client {text} NOT NULL,
  redirect_uri {text} NOT NULL,
  scope {text} NOT NULL,
  challenge {bytes} NOT NULL,
  nonce {text} NOT NULL,
  session {bytes} NOT NULL,
  sid {bytes} NOT NULL,
  fingerprint {bytes} NOT NULL,
  authenticated_at {integer} NOT NULL,
  created_at {integer} NOT NULL,
  code_until {integer} NOT NULL,
  kept_until {integer} NOT NULL,
  redeemed_at {integer},
  token_hash {bytes},
  token_certificate {bytes},
  token_until {integer},
  revoked_at {integer},
  PRIMARY KEY (institution, code_hash)
){keyed};
CREATE UNIQUE INDEX grants_token ON grants (institution, token_hash) WHERE token_hash IS NOT NULL;
CREATE INDEX grants_sid ON grants (institution, sid);
CREATE INDEX grants_kept ON grants (kept_until);
