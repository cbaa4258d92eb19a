-- CreateTable
CREATE TABLE "meter_value" (
    "connection" TEXT NOT NULL,
    "period" TEXT NOT NULL,
    "isp" INTEGER NOT NULL,
    "kind" TEXT NOT NULL,
    "value" DECIMAL(20,6) NOT NULL,
    "event" JSONB,
    "recorded_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "meter_value_pkey" PRIMARY KEY ("connection","period","isp","kind")
);

-- CreateTable
CREATE TABLE "meter_day" (
    "connection" TEXT NOT NULL,
    "period" TEXT NOT NULL,
    "revision" INTEGER NOT NULL DEFAULT 0,
    "power" INTEGER NOT NULL DEFAULT 0,
    "import_energy" INTEGER NOT NULL DEFAULT 0,
    "export_energy" INTEGER NOT NULL DEFAULT 0,
    "import_register" INTEGER NOT NULL DEFAULT 0,
    "export_register" INTEGER NOT NULL DEFAULT 0,
    "changed_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "meter_day_pkey" PRIMARY KEY ("connection","period")
);

-- CreateTable
CREATE TABLE "superseded_reading" (
    "id" BIGSERIAL NOT NULL,
    "connection" TEXT NOT NULL,
    "period" TEXT NOT NULL,
    "isp" INTEGER NOT NULL,
    "kind" TEXT NOT NULL,
    "value" DECIMAL(20,6) NOT NULL,
    "recorded_at" TIMESTAMPTZ(3) NOT NULL,
    "superseded_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "superseded_reading_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "meter_import" (
    "id" UUID NOT NULL,
    "digest" TEXT NOT NULL,
    "source" TEXT NOT NULL,
    "lines" INTEGER NOT NULL,
    "added" INTEGER NOT NULL,
    "changed" INTEGER NOT NULL,
    "unchanged" INTEGER NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "meter_import_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "metering" (
    "dso" TEXT NOT NULL,
    "period" TEXT NOT NULL,
    "connection" TEXT NOT NULL,
    "revision" INTEGER NOT NULL,
    "readings" INTEGER NOT NULL,
    "digest" TEXT,
    "missing" INTEGER NOT NULL DEFAULT 0,
    "message_id" TEXT,
    "outbox_id" UUID,
    "status" TEXT NOT NULL DEFAULT 'sending',
    "reason" TEXT,
    "sent_at" TIMESTAMPTZ(3),
    "resent_at" TIMESTAMPTZ(3),
    "answered_at" TIMESTAMPTZ(3),

    CONSTRAINT "metering_pkey" PRIMARY KEY ("dso","period","connection","revision")
);

-- CreateIndex
CREATE INDEX "meter_day_period_idx" ON "meter_day"("period");

-- CreateIndex
CREATE INDEX "superseded_reading_connection_period_idx" ON "superseded_reading"("connection", "period");

-- CreateIndex
CREATE INDEX "meter_import_digest_idx" ON "meter_import"("digest");

-- CreateIndex
CREATE INDEX "metering_dso_period_status_idx" ON "metering"("dso", "period", "status");

-- Written forms that the application relies on
ALTER TABLE "meter_value"
  ADD CONSTRAINT "meter_value_kind" CHECK ("kind" IN ('importEnergy', 'exportEnergy', 'importRegister', 'exportRegister')),
  ADD CONSTRAINT "meter_value_not_negative" CHECK ("value" >= 0);

ALTER TABLE "metering"
  ADD CONSTRAINT "metering_status" CHECK ("status" IN ('sending', 'pending', 'accepted', 'rejected', 'refused', 'unanswered'));

-- What was corrected stays for the auditor
CREATE TRIGGER superseded_reading_unchanged BEFORE UPDATE OR DELETE ON superseded_reading FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER superseded_reading_not_emptied BEFORE TRUNCATE ON superseded_reading EXECUTE FUNCTION refuse_change();

-- Readings from before there were days
INSERT INTO "meter_day" ("connection", "period", "revision", "power", "changed_at")
  SELECT "connection", "period", 1, count(*), max("recorded_at") FROM "meter_reading" GROUP BY "connection", "period";
