-- CreateTable
CREATE TABLE "prognosis_revision" (
    "domain" TEXT NOT NULL,
    "last" BIGINT NOT NULL,

    CONSTRAINT "prognosis_revision_pkey" PRIMARY KEY ("domain")
);

-- CreateTable
CREATE TABLE "prognosis" (
    "message_id" TEXT NOT NULL,
    "workflow_id" TEXT NOT NULL,
    "step" TEXT NOT NULL,
    "dso" TEXT NOT NULL,
    "congestion_point" TEXT NOT NULL,
    "period" TEXT NOT NULL,
    "time_zone" TEXT NOT NULL,
    "isp_duration" TEXT NOT NULL,
    "revision" BIGINT NOT NULL,
    "power" INTEGER[],
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "result" TEXT,
    "reason" TEXT,
    "answered_at" TIMESTAMPTZ(3),

    CONSTRAINT "prognosis_pkey" PRIMARY KEY ("message_id")
);

-- CreateTable
CREATE TABLE "prognosis_day" (
    "workflow_id" TEXT NOT NULL,
    "dso" TEXT NOT NULL,
    "congestion_point" TEXT NOT NULL,
    "period" TEXT NOT NULL,
    "phase" TEXT NOT NULL,
    "transition" INTEGER NOT NULL,
    "snapshot" JSONB NOT NULL,
    "updated_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "prognosis_day_pkey" PRIMARY KEY ("workflow_id")
);

-- CreateTable
CREATE TABLE "resulting_profile" (
    "dso" TEXT NOT NULL,
    "order_message_id" TEXT NOT NULL,
    "order_reference" TEXT NOT NULL,
    "congestion_point" TEXT NOT NULL,
    "period" TEXT NOT NULL,
    "prognosis_id" TEXT,
    "isps" JSONB NOT NULL,
    "recorded_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "resulting_profile_pkey" PRIMARY KEY ("dso","order_message_id")
);

-- CreateTable
CREATE TABLE "uploaded_forecast" (
    "level" TEXT NOT NULL,
    "entity_address" TEXT NOT NULL,
    "period" TEXT NOT NULL,
    "power" INTEGER[],
    "recorded_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "uploaded_forecast_pkey" PRIMARY KEY ("level","entity_address","period")
);

-- CreateIndex
CREATE UNIQUE INDEX "prognosis_revision_key" ON "prognosis"("revision");

-- CreateIndex
CREATE INDEX "prognosis_dso_congestion_point_period_revision_idx" ON "prognosis"("dso", "congestion_point", "period", "revision");

-- CreateIndex
CREATE UNIQUE INDEX "prognosis_workflow_id_step_key" ON "prognosis"("workflow_id", "step");

-- CreateIndex
CREATE INDEX "prognosis_day_dso_period_idx" ON "prognosis_day"("dso", "period");

-- CreateIndex
CREATE INDEX "resulting_profile_dso_congestion_point_period_idx" ON "resulting_profile"("dso", "congestion_point", "period");
