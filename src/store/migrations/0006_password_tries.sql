-- Wrong passwords by account, counted by all nodes together.
CREATE TABLE password_tries (
  account {text} NOT NULL PRIMARY KEY,
  wrong {integer} NOT NULL,
  first {integer} NOT NULL,
  locked_until {integer}
){keyed};
CREATE INDEX password_tries_first ON password_tries (first);
