-- AlterTable
ALTER TABLE "asset_profile" ADD COLUMN     "checked_at" TIMESTAMPTZ(3),
ADD COLUMN     "version" INTEGER NOT NULL DEFAULT 1;

-- CreateIndex
CREATE INDEX "asset_profile_unchecked_idx" ON "asset_profile"("recorded_at") WHERE (checked_at IS NULL);
