-- AlterTable
ALTER TABLE "held_asset" ADD COLUMN     "uses" JSONB;

-- CreateTable
CREATE TABLE "outage" (
    "id" TEXT NOT NULL,
    "connection" TEXT NOT NULL,
    "asset" TEXT,
    "starts_at" TIMESTAMPTZ(3) NOT NULL,
    "ends_at" TIMESTAMPTZ(3) NOT NULL,
    "remaining_reduce_w" INTEGER NOT NULL DEFAULT 0,
    "remaining_increase_w" INTEGER NOT NULL DEFAULT 0,
    "reason" TEXT,
    "version" INTEGER NOT NULL DEFAULT 1,
    "recorded_at" TIMESTAMPTZ(3) NOT NULL,
    "checked_at" TIMESTAMPTZ(3),
    "removed_at" TIMESTAMPTZ(3),

    CONSTRAINT "outage_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "asset_profile" (
    "connection" TEXT NOT NULL,
    "asset" TEXT NOT NULL,
    "period" TEXT NOT NULL,
    "time_zone" TEXT NOT NULL,
    "isp_duration" TEXT NOT NULL,
    "reduce_w" INTEGER[],
    "increase_w" INTEGER[],
    "recorded_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "asset_profile_pkey" PRIMARY KEY ("connection","asset","period")
);

-- CreateIndex
CREATE INDEX "outage_connection_ends_at_idx" ON "outage"("connection", "ends_at");
