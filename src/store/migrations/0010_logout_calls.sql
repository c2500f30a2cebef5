-- Which applications were told that a login is over (OpenID Connect Back-Channel Logout 1.0).
ALTER TABLE grants ADD COLUMN told_at {integer};
CREATE INDEX grants_untold ON grants (institution, client, code_hash) WHERE token_hash IS NOT NULL AND told_at IS NULL;
