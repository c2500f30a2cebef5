-- When the customer's program took a renewal over from its page (lifecycle/handover).
ALTER TABLE tickets ADD COLUMN taken_at {integer};
