-- CreateTable
CREATE TABLE "forecast_import" (
    "digest" TEXT NOT NULL,
    "source" TEXT NOT NULL,
    "days" INTEGER NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "forecast_import_pkey" PRIMARY KEY ("digest")
);
