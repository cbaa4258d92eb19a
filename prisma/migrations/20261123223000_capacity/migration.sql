-- Which offer or order has which watt of which asset in which ISP.

-- CreateTable
CREATE TABLE "capacity_hold" (
    "workflow_id" TEXT NOT NULL,
    "step" TEXT NOT NULL,
    "starts_at" TIMESTAMPTZ(3) NOT NULL,
    "isp_minutes" INTEGER NOT NULL,
    "status" TEXT NOT NULL DEFAULT 'open',
    "decision" JSONB NOT NULL,
    "held_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "capacity_hold_pkey" PRIMARY KEY ("workflow_id","step"),
    CONSTRAINT "capacity_hold_status" CHECK ("status" IN ('open', 'firm', 'released'))
);

-- CreateTable
CREATE TABLE "held_asset" (
    "workflow_id" TEXT NOT NULL,
    "step" TEXT NOT NULL,
    "connection" TEXT NOT NULL,
    "asset" TEXT NOT NULL,
    "rank" INTEGER NOT NULL,
    "reduce_w" INTEGER[],
    "increase_w" INTEGER[],

    CONSTRAINT "held_asset_pkey" PRIMARY KEY ("workflow_id","step","connection","asset"),
    CONSTRAINT "held_asset_not_negative" CHECK (0 <= ALL ("reduce_w") AND 0 <= ALL ("increase_w"))
);

-- CreateIndex
CREATE INDEX "capacity_hold_standing_idx" ON "capacity_hold"("starts_at") WHERE (status <> 'released');

-- CreateIndex
CREATE INDEX "held_asset_connection_idx" ON "held_asset"("connection");

-- AddForeignKey
ALTER TABLE "held_asset" ADD CONSTRAINT "held_asset_workflow_id_step_fkey" FOREIGN KEY ("workflow_id", "step") REFERENCES "capacity_hold"("workflow_id", "step") ON DELETE RESTRICT ON UPDATE CASCADE;
