-- AlterTable
ALTER TABLE "flex_order" ADD COLUMN     "settled_by" TEXT;

-- AlterTable
ALTER TABLE "settlement_item" ADD COLUMN     "computed_reason" TEXT,
ADD COLUMN     "decided_by" TEXT,
ADD COLUMN     "matched_order" TEXT;

-- CreateTable
CREATE TABLE "settlement" (
    "id" UUID NOT NULL,
    "dso" TEXT NOT NULL,
    "message_id" TEXT NOT NULL,
    "workflow_id" TEXT NOT NULL,
    "period_start" TEXT NOT NULL,
    "period_end" TEXT NOT NULL,
    "currency" TEXT NOT NULL,
    "status" TEXT NOT NULL,
    "result" TEXT NOT NULL,
    "reason" TEXT,
    "orders" INTEGER NOT NULL,
    "disputed" INTEGER NOT NULL,
    "computed_at" TIMESTAMPTZ(3) NOT NULL,
    "review_until" TIMESTAMPTZ(3),
    "reviewed_by" TEXT,
    "decided_at" TIMESTAMPTZ(3),
    "ended_at" TIMESTAMPTZ(3),

    CONSTRAINT "settlement_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "contract_item" (
    "id" UUID NOT NULL,
    "message_id" TEXT NOT NULL,
    "dso" TEXT NOT NULL,
    "contract_id" TEXT NOT NULL,
    "period" TEXT NOT NULL,
    "stated" JSONB NOT NULL,
    "computed" JSONB,
    "reason" TEXT,

    CONSTRAINT "contract_item_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE INDEX "settlement_computed_at_idx" ON "settlement"("computed_at");

-- CreateIndex
CREATE UNIQUE INDEX "settlement_dso_message_id_key" ON "settlement"("dso", "message_id");

-- CreateIndex
CREATE INDEX "contract_item_dso_period_idx" ON "contract_item"("dso", "period");

-- CreateIndex
CREATE UNIQUE INDEX "contract_item_dso_message_id_contract_id_period_key" ON "contract_item"("dso", "message_id", "contract_id", "period");
