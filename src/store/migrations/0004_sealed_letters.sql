-- Codes in sealed letters, which are printed and not mailed. 受付番号 are drawn by lot now.
CREATE INDEX letters_sealed ON letters (institution, id) WHERE state = 'sealed';

-- The daily job leaves out what is on hold, without touching a row.
DROP INDEX certificates_due;
CREATE INDEX certificates_due
  ON certificates (institution, expiry_day, serial, login_id, authority, issued_at, id)
  WHERE stage = 'issued' AND revoked_at IS NULL AND held_at IS NULL;

DROP TABLE request_numbers;
