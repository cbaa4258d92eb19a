-- CreateTable
CREATE TABLE "contract_version" (
    "contract_id" TEXT NOT NULL,
    "version" INTEGER NOT NULL,
    "effective_from" TEXT NOT NULL,
    "terms" JSONB NOT NULL,
    "source" TEXT NOT NULL,
    "recorded_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "contract_version_pkey" PRIMARY KEY ("contract_id","version")
);

-- CreateTable
CREATE TABLE "reservation_update" (
    "id" UUID NOT NULL,
    "contract_id" TEXT NOT NULL,
    "congestion_point" TEXT NOT NULL,
    "period" TEXT NOT NULL,
    "dso" TEXT NOT NULL,
    "message_id" TEXT NOT NULL,
    "stamped_at" TIMESTAMPTZ(3) NOT NULL,
    "received_at" TIMESTAMPTZ(3) NOT NULL,
    "isps" JSONB NOT NULL,
    "reason" TEXT,

    CONSTRAINT "reservation_update_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE INDEX "reservation_update_contract_id_period_congestion_point_idx" ON "reservation_update"("contract_id", "period", "congestion_point");

-- CreateIndex
CREATE UNIQUE INDEX "reservation_update_dso_message_id_key" ON "reservation_update"("dso", "message_id");

-- CreateIndex
CREATE INDEX "flex_order_contract_id_idx" ON "flex_order"("contract_id");

-- What stood before there was a history of updates.
INSERT INTO "reservation_update"
  ("id", "contract_id", "congestion_point", "period", "dso", "message_id", "stamped_at", "received_at", "isps")
SELECT "id", "contract_id", "congestion_point", "period", "dso", "message_id", "stamped_at", "stamped_at", "isps"
FROM "reservation";

-- An auditor sees in July what was in force in January: neither terms nor updates are ever changed or removed.
CREATE TRIGGER contract_version_unchanged BEFORE UPDATE OR DELETE ON contract_version
  FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER reservation_update_unchanged BEFORE UPDATE OR DELETE ON reservation_update
  FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER contract_version_not_emptied BEFORE TRUNCATE ON contract_version EXECUTE FUNCTION refuse_change();
CREATE TRIGGER reservation_update_not_emptied BEFORE TRUNCATE ON reservation_update EXECUTE FUNCTION refuse_change();
