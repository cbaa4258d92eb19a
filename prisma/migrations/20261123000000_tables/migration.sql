-- CreateTable
CREATE TABLE "inbox" (
    "id" UUID NOT NULL,
    "sender_domain" TEXT NOT NULL,
    "sender_role" TEXT NOT NULL,
    "recipient_domain" TEXT NOT NULL,
    "message_id" TEXT NOT NULL,
    "conversation_id" TEXT NOT NULL,
    "type" TEXT NOT NULL,
    "version" TEXT NOT NULL,
    "received_at" TIMESTAMPTZ(3) NOT NULL,
    "body" BYTEA NOT NULL,
    "payload" BYTEA NOT NULL,
    "payload_sha256" TEXT NOT NULL,
    "conflicts_with" UUID,
    "repeats" INTEGER NOT NULL DEFAULT 0,
    "repeats_answered" INTEGER NOT NULL DEFAULT 0,
    "workflow_id" TEXT,
    "handed_over_at" TIMESTAMPTZ(3),
    "attempts" INTEGER NOT NULL DEFAULT 0,
    "last_error" TEXT,
    "result" TEXT,
    "reason" TEXT,

    CONSTRAINT "inbox_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "outbox" (
    "id" UUID NOT NULL,
    "workflow_id" TEXT NOT NULL,
    "step" TEXT NOT NULL,
    "recipient_domain" TEXT NOT NULL,
    "recipient_role" TEXT NOT NULL,
    "message_id" TEXT NOT NULL,
    "conversation_id" TEXT NOT NULL,
    "type" TEXT NOT NULL,
    "version" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "body" BYTEA NOT NULL,
    "payload" BYTEA NOT NULL,
    "payload_sha256" TEXT NOT NULL,
    "answers_inbox_id" UUID,
    "result" TEXT,
    "reason" TEXT,
    "status" TEXT NOT NULL DEFAULT 'pending',
    "attempts" INTEGER NOT NULL DEFAULT 0,
    "delivered_at" TIMESTAMPTZ(3),
    "last_error" TEXT,
    "peer_result" TEXT,
    "peer_reason" TEXT,

    CONSTRAINT "outbox_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "delivery" (
    "id" BIGSERIAL NOT NULL,
    "outbox_id" UUID NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL,
    "outcome" TEXT NOT NULL,
    "status" INTEGER,
    "reason" TEXT,

    CONSTRAINT "delivery_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "ledger" (
    "seq" BIGINT NOT NULL,
    "direction" TEXT NOT NULL,
    "row_id" UUID NOT NULL,
    "body_sha256" TEXT NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL,
    "hash" TEXT NOT NULL,

    CONSTRAINT "ledger_pkey" PRIMARY KEY ("seq")
);

-- CreateTable
CREATE TABLE "conversation" (
    "workflow_id" TEXT NOT NULL,
    "dso" TEXT NOT NULL,
    "congestion_point" TEXT NOT NULL,
    "period" TEXT NOT NULL,
    "time_zone" TEXT NOT NULL,
    "isp_duration" TEXT NOT NULL,
    "conversation_id" TEXT NOT NULL,
    "contract_id" TEXT,
    "state" TEXT NOT NULL,
    "transition" INTEGER NOT NULL,
    "snapshot" JSONB NOT NULL,
    "updated_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "conversation_pkey" PRIMARY KEY ("workflow_id")
);

-- CreateTable
CREATE TABLE "flex_order" (
    "id" UUID NOT NULL,
    "dso" TEXT NOT NULL,
    "order_reference" TEXT NOT NULL,
    "order_message_id" TEXT NOT NULL,
    "workflow_id" TEXT NOT NULL,
    "contract_id" TEXT,
    "baseline_reference" TEXT,
    "congestion_point" TEXT NOT NULL,
    "period" TEXT NOT NULL,
    "time_zone" TEXT NOT NULL,
    "isp_duration" TEXT NOT NULL,
    "price" DECIMAL(18,4) NOT NULL,
    "currency" TEXT NOT NULL,
    "isps" JSONB NOT NULL,
    "accepted_at" TIMESTAMPTZ(3) NOT NULL,
    "outcome" TEXT,

    CONSTRAINT "flex_order_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "reservation" (
    "id" UUID NOT NULL,
    "dso" TEXT NOT NULL,
    "contract_id" TEXT NOT NULL,
    "period" TEXT NOT NULL,
    "congestion_point" TEXT NOT NULL,
    "message_id" TEXT NOT NULL,
    "stamped_at" TIMESTAMPTZ(3) NOT NULL,
    "isps" JSONB NOT NULL,

    CONSTRAINT "reservation_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "portfolio_view" (
    "id" UUID NOT NULL,
    "cro" TEXT NOT NULL,
    "period" TEXT NOT NULL,
    "message_id" TEXT NOT NULL,
    "received_at" TIMESTAMPTZ(3) NOT NULL,
    "result" TEXT NOT NULL,
    "reason" TEXT,

    CONSTRAINT "portfolio_view_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "viewed_congestion_point" (
    "id" UUID NOT NULL,
    "view_id" UUID NOT NULL,
    "dso" TEXT NOT NULL,
    "congestion_point" TEXT NOT NULL,
    "mutex_offers_supported" BOOLEAN NOT NULL,
    "day_ahead_redispatch_by" TEXT NOT NULL,
    "intraday_redispatch_by" TEXT,

    CONSTRAINT "viewed_congestion_point_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "viewed_connection" (
    "id" UUID NOT NULL,
    "view_id" UUID NOT NULL,
    "connection" TEXT NOT NULL,
    "dso" TEXT,
    "congestion_point" TEXT,

    CONSTRAINT "viewed_connection_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "baseline" (
    "id" UUID NOT NULL,
    "congestion_point" TEXT NOT NULL,
    "period" TEXT NOT NULL,
    "reference" TEXT NOT NULL,
    "power" INTEGER[],
    "recorded_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "baseline_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "meter_reading" (
    "connection" TEXT NOT NULL,
    "period" TEXT NOT NULL,
    "isp" INTEGER NOT NULL,
    "power" INTEGER NOT NULL,
    "recorded_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "meter_reading_pkey" PRIMARY KEY ("connection","period","isp")
);

-- CreateTable
CREATE TABLE "settlement_item" (
    "id" UUID NOT NULL,
    "message_id" TEXT NOT NULL,
    "dso" TEXT NOT NULL,
    "order_reference" TEXT NOT NULL,
    "workflow_id" TEXT,
    "period" TEXT NOT NULL,
    "currency" TEXT NOT NULL,
    "stated" JSONB NOT NULL,
    "computed" JSONB,
    "disposition" TEXT NOT NULL,
    "reason" TEXT,
    "decided_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "settlement_item_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE INDEX "inbox_to_hand_over_idx" ON "inbox"("received_at", "id") WHERE (handed_over_at IS NULL);

-- CreateIndex
CREATE INDEX "inbox_to_answer_again_idx" ON "inbox"("received_at", "id") WHERE (repeats > repeats_answered);

-- CreateIndex
CREATE INDEX "inbox_workflow_id_idx" ON "inbox"("workflow_id");

-- CreateIndex
CREATE UNIQUE INDEX "inbox_sender_domain_message_id_payload_sha256_key" ON "inbox"("sender_domain", "message_id", "payload_sha256");

-- CreateIndex
CREATE UNIQUE INDEX "inbox_first_use_key" ON "inbox"("sender_domain", "message_id") WHERE (conflicts_with IS NULL);

-- CreateIndex
CREATE UNIQUE INDEX "outbox_message_id_key" ON "outbox"("message_id");

-- CreateIndex
CREATE INDEX "outbox_answers_inbox_id_idx" ON "outbox"("answers_inbox_id");

-- CreateIndex
CREATE INDEX "outbox_conversation_id_idx" ON "outbox"("conversation_id");

-- CreateIndex
CREATE UNIQUE INDEX "outbox_workflow_id_step_key" ON "outbox"("workflow_id", "step");

-- CreateIndex
CREATE INDEX "delivery_outbox_id_idx" ON "delivery"("outbox_id");

-- CreateIndex
CREATE UNIQUE INDEX "ledger_hash_key" ON "ledger"("hash");

-- CreateIndex
CREATE INDEX "conversation_dso_congestion_point_period_idx" ON "conversation"("dso", "congestion_point", "period");

-- CreateIndex
CREATE INDEX "conversation_updated_at_idx" ON "conversation"("updated_at");

-- CreateIndex
CREATE UNIQUE INDEX "flex_order_order_message_id_key" ON "flex_order"("order_message_id");

-- CreateIndex
CREATE INDEX "flex_order_dso_period_idx" ON "flex_order"("dso", "period");

-- CreateIndex
CREATE UNIQUE INDEX "flex_order_dso_order_reference_key" ON "flex_order"("dso", "order_reference");

-- CreateIndex
CREATE UNIQUE INDEX "reservation_dso_contract_id_period_key" ON "reservation"("dso", "contract_id", "period");

-- CreateIndex
CREATE UNIQUE INDEX "portfolio_view_message_id_key" ON "portfolio_view"("message_id");

-- CreateIndex
CREATE INDEX "portfolio_view_cro_period_received_at_idx" ON "portfolio_view"("cro", "period", "received_at");

-- CreateIndex
CREATE INDEX "viewed_congestion_point_view_id_idx" ON "viewed_congestion_point"("view_id");

-- CreateIndex
CREATE INDEX "viewed_congestion_point_dso_congestion_point_idx" ON "viewed_congestion_point"("dso", "congestion_point");

-- CreateIndex
CREATE INDEX "viewed_connection_view_id_congestion_point_idx" ON "viewed_connection"("view_id", "congestion_point");

-- CreateIndex
CREATE UNIQUE INDEX "baseline_congestion_point_period_reference_key" ON "baseline"("congestion_point", "period", "reference");

-- CreateIndex
CREATE INDEX "settlement_item_workflow_id_idx" ON "settlement_item"("workflow_id");

-- CreateIndex
CREATE UNIQUE INDEX "settlement_item_message_id_order_reference_key" ON "settlement_item"("message_id", "order_reference");

-- AddForeignKey
ALTER TABLE "delivery" ADD CONSTRAINT "delivery_outbox_id_fkey" FOREIGN KEY ("outbox_id") REFERENCES "outbox"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "viewed_congestion_point" ADD CONSTRAINT "viewed_congestion_point_view_id_fkey" FOREIGN KEY ("view_id") REFERENCES "portfolio_view"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "viewed_connection" ADD CONSTRAINT "viewed_connection_view_id_fkey" FOREIGN KEY ("view_id") REFERENCES "portfolio_view"("id") ON DELETE CASCADE ON UPDATE CASCADE;
