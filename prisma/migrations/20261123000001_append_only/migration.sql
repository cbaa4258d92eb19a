-- What was received and sent stays as it was: messages can neither be changed nor removed, tries to deliver
-- them only added, and a hash chain over all of them shows whether someone with the rights of the owner did so.

-- Written forms that the application relies on ---------------------------------------------------------------

ALTER TABLE inbox
  ADD CONSTRAINT inbox_message_id_lower CHECK (message_id = lower(message_id)),
  ADD CONSTRAINT inbox_payload_digest CHECK (payload_sha256 = encode(sha256(payload), 'hex'));

ALTER TABLE outbox
  ADD CONSTRAINT outbox_message_id_lower CHECK (message_id = lower(message_id)),
  ADD CONSTRAINT outbox_payload_digest CHECK (payload_sha256 = encode(sha256(payload), 'hex')),
  ADD CONSTRAINT outbox_status CHECK (status IN ('pending', 'delivered', 'refused', 'expired'));

ALTER TABLE delivery
  ADD CONSTRAINT delivery_outcome CHECK (outcome IN ('delivered', 'temporary', 'permanent', 'expired'));

ALTER TABLE flex_order
  ADD CONSTRAINT flex_order_outcome CHECK (outcome IN ('settled', 'disputed'));

-- Nothing is changed or removed -------------------------------------------------------------------------------

CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION '% on % is refused: messages and their ledger are never changed or removed', TG_OP, TG_TABLE_NAME
    USING ERRCODE = 'integrity_constraint_violation';
END $$;

-- "UPDATE OF" looks at the statement, not at the values, so that no update has to read the bodies.
CREATE TRIGGER inbox_unchanged BEFORE UPDATE OF
  id, sender_domain, sender_role, recipient_domain, message_id, conversation_id, type, version, received_at,
  body, payload, payload_sha256, conflicts_with
  ON inbox FOR EACH ROW EXECUTE FUNCTION refuse_change();

CREATE TRIGGER outbox_unchanged BEFORE UPDATE OF
  id, workflow_id, step, recipient_domain, recipient_role, message_id, conversation_id, type, version, created_at,
  body, payload, payload_sha256, answers_inbox_id, result, reason
  ON outbox FOR EACH ROW EXECUTE FUNCTION refuse_change();

CREATE TRIGGER delivery_unchanged BEFORE UPDATE OR DELETE ON delivery FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER ledger_unchanged BEFORE UPDATE OR DELETE ON ledger FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER inbox_kept BEFORE DELETE ON inbox FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER outbox_kept BEFORE DELETE ON outbox FOR EACH ROW EXECUTE FUNCTION refuse_change();

CREATE TRIGGER inbox_not_emptied BEFORE TRUNCATE ON inbox EXECUTE FUNCTION refuse_change();
CREATE TRIGGER outbox_not_emptied BEFORE TRUNCATE ON outbox EXECUTE FUNCTION refuse_change();
CREATE TRIGGER delivery_not_emptied BEFORE TRUNCATE ON delivery EXECUTE FUNCTION refuse_change();
CREATE TRIGGER ledger_not_emptied BEFORE TRUNCATE ON ledger EXECUTE FUNCTION refuse_change();

-- The ledger --------------------------------------------------------------------------------------------------

-- hash = sha256 of "<previous hash>|<direction>|<row id>|<sha256 of the body>|<instant>", all hexadecimal in lower
-- case, the instant as YYYY-MM-DDThh:mm:ss.mmmZ, the hash before the first being 64 zeros.
--
-- The lock is held until the transaction ends: whoever writes next sees this entry committed, or gone, which keeps
-- seq without gaps and in the order of the commits.
CREATE FUNCTION append_to_ledger(direction text, row_id uuid, body bytea, at timestamptz) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
  last ledger%ROWTYPE;
  digest text := encode(sha256(body), 'hex');
  written text := to_char(at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"');
BEGIN
  PERFORM pg_advisory_xact_lock(hashtextextended('flexor.ledger', 0));
  SELECT * INTO last FROM ledger ORDER BY seq DESC LIMIT 1;
  INSERT INTO ledger (seq, direction, row_id, body_sha256, at, hash) VALUES (
    coalesce(last.seq, 0) + 1,
    direction,
    row_id,
    digest,
    at,
    encode(sha256(convert_to(
      concat_ws('|', coalesce(last.hash, repeat('0', 64)), direction, row_id, digest, written), 'UTF8')), 'hex')
  );
END $$;

CREATE FUNCTION inbox_received() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM append_to_ledger('in', NEW.id, NEW.body, NEW.received_at);
  -- Delivered when the transaction commits: whoever hands messages over need not wait for its next look.
  PERFORM pg_notify('flexor_inbox', NEW.id::text);
  RETURN NULL;
END $$;

CREATE FUNCTION outbox_prepared() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM append_to_ledger('out', NEW.id, NEW.body, NEW.created_at);
  RETURN NULL;
END $$;

CREATE TRIGGER inbox_received AFTER INSERT ON inbox FOR EACH ROW EXECUTE FUNCTION inbox_received();
CREATE TRIGGER outbox_prepared AFTER INSERT ON outbox FOR EACH ROW EXECUTE FUNCTION outbox_prepared();
