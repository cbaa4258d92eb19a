-- A MessageID is unique among the messages of its sender, and of nobody else: what one DSO or CRO sends must never
-- stand in for what another one sent.

DROP INDEX "flex_order_order_message_id_key";
CREATE UNIQUE INDEX "flex_order_dso_order_message_id_key" ON "flex_order"("dso", "order_message_id");

DROP INDEX "settlement_item_message_id_order_reference_key";
CREATE UNIQUE INDEX "settlement_item_dso_message_id_order_reference_key" ON "settlement_item"("dso", "message_id", "order_reference");

DROP INDEX "portfolio_view_message_id_key";
CREATE UNIQUE INDEX "portfolio_view_cro_message_id_key" ON "portfolio_view"("cro", "message_id");

CREATE INDEX "inbox_sender_domain_conversation_id_idx" ON "inbox"("sender_domain", "conversation_id");
