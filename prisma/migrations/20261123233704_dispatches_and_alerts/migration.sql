-- The plans that were handed to assets, and what people have to know.

-- CreateTable
CREATE TABLE "dispatch" (
    "workflow_id" TEXT NOT NULL,
    "step" TEXT NOT NULL,
    "order_reference" TEXT NOT NULL,
    "plan" JSONB NOT NULL,
    "prepared_at" TIMESTAMPTZ(3) NOT NULL,
    "outcome" TEXT,
    "reason" TEXT,

    CONSTRAINT "dispatch_pkey" PRIMARY KEY ("workflow_id","step"),
    CONSTRAINT "dispatch_outcome" CHECK ("outcome" IN ('confirmed', 'refused', 'unreachable'))
);

-- CreateTable
CREATE TABLE "dispatch_try" (
    "id" BIGSERIAL NOT NULL,
    "workflow_id" TEXT NOT NULL,
    "step" TEXT NOT NULL,
    "sent_at" TIMESTAMPTZ(3) NOT NULL,
    "connector" TEXT NOT NULL,
    "outcome" TEXT NOT NULL,
    "reason" TEXT,

    CONSTRAINT "dispatch_try_pkey" PRIMARY KEY ("id"),
    CONSTRAINT "dispatch_try_outcome" CHECK ("outcome" IN ('confirmed', 'refused', 'failed'))
);

-- CreateTable
CREATE TABLE "alert" (
    "id" UUID NOT NULL,
    "source" TEXT NOT NULL,
    "key" TEXT NOT NULL,
    "severity" TEXT NOT NULL,
    "text" TEXT NOT NULL,
    "raised_at" TIMESTAMPTZ(3) NOT NULL,
    "resolved_at" TIMESTAMPTZ(3),
    "acknowledged_at" TIMESTAMPTZ(3),
    "acknowledged_by" TEXT,
    "told" TEXT,
    "tell_attempts" INTEGER NOT NULL DEFAULT 0,
    "tell_after" TIMESTAMPTZ(3),

    CONSTRAINT "alert_pkey" PRIMARY KEY ("id"),
    CONSTRAINT "alert_severity" CHECK ("severity" IN ('warning', 'critical')),
    CONSTRAINT "alert_told" CHECK ("told" IN ('raised', 'resolved')),
    CONSTRAINT "alert_acknowledged_by" CHECK (("acknowledged_at" IS NULL) = ("acknowledged_by" IS NULL))
);

-- CreateIndex
CREATE INDEX "dispatch_order_reference_idx" ON "dispatch"("order_reference");

-- CreateIndex
CREATE INDEX "dispatch_try_workflow_id_step_idx" ON "dispatch_try"("workflow_id", "step");

-- CreateIndex
CREATE INDEX "alert_raised_at_idx" ON "alert"("raised_at");

-- CreateIndex
CREATE INDEX "alert_to_tell_idx" ON "alert"("raised_at", "id") WHERE (told IS NULL OR (told = 'raised' AND resolved_at IS NOT NULL));

-- CreateIndex
CREATE UNIQUE INDEX "alert_source_key_raised_at_key" ON "alert"("source", "key", "raised_at");

-- CreateIndex
CREATE UNIQUE INDEX "alert_standing_key" ON "alert"("source", "key") WHERE (resolved_at IS NULL);

-- AddForeignKey
ALTER TABLE "dispatch_try" ADD CONSTRAINT "dispatch_try_workflow_id_step_fkey" FOREIGN KEY ("workflow_id", "step") REFERENCES "dispatch"("workflow_id", "step") ON DELETE RESTRICT ON UPDATE CASCADE;
