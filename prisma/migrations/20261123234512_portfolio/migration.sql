-- CreateTable
CREATE TABLE "portfolio_version" (
    "version" INTEGER NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL,
    "by" TEXT NOT NULL,
    "origin" TEXT NOT NULL,
    "added" INTEGER NOT NULL,
    "changed" INTEGER NOT NULL,
    "leaving" INTEGER NOT NULL,

    CONSTRAINT "portfolio_version_pkey" PRIMARY KEY ("version")
);

-- CreateTable
CREATE TABLE "represented_connection" (
    "id" UUID NOT NULL,
    "connection" TEXT NOT NULL,
    "start_period" TEXT NOT NULL,
    "end_period" TEXT,
    "metering_ean" TEXT,
    "assets" JSONB NOT NULL,
    "origin" TEXT NOT NULL,
    "since_version" INTEGER NOT NULL,
    "until_version" INTEGER,

    CONSTRAINT "represented_connection_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "portfolio_sync" (
    "cro" TEXT NOT NULL,
    "accepted_version" INTEGER,
    "stage" TEXT NOT NULL,
    "since" TIMESTAMPTZ(3) NOT NULL,
    "facts" JSONB NOT NULL,

    CONSTRAINT "portfolio_sync_pkey" PRIMARY KEY ("cro")
);

-- CreateTable
CREATE TABLE "portfolio_view_change" (
    "cro" TEXT NOT NULL,
    "message_id" TEXT NOT NULL,
    "period" TEXT NOT NULL,
    "kind" TEXT NOT NULL,
    "subject" TEXT NOT NULL,
    "dso" TEXT,
    "congestion_point" TEXT,
    "connection" TEXT,
    "before" JSONB,
    "after" JSONB,

    CONSTRAINT "portfolio_view_change_pkey" PRIMARY KEY ("cro","message_id","kind","subject")
);

-- CreateIndex
CREATE INDEX "represented_connection_connection_idx" ON "represented_connection"("connection");

-- CreateIndex
CREATE INDEX "represented_connection_since_version_idx" ON "represented_connection"("since_version");

-- CreateIndex
CREATE UNIQUE INDEX "represented_connection_standing_key" ON "represented_connection"("connection", "start_period") WHERE (until_version IS NULL);

-- CreateIndex
CREATE INDEX "portfolio_view_change_cro_period_idx" ON "portfolio_view_change"("cro", "period");
