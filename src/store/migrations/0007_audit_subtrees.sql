-- Complete parts of the Merkle trees over the audit records, so that a head or a proof need not hash every record again. All of it
-- can be computed anew from audit_records, and `inkan audit verify` does.
CREATE TABLE audit_subtrees (
  node {text} NOT NULL,
  level {integer} NOT NULL,
  number {integer} NOT NULL,
  hash {bytes} NOT NULL,
  PRIMARY KEY (node, level, number)
){keyed};
