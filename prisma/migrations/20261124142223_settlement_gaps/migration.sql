-- AlterTable
ALTER TABLE "flex_order" ADD COLUMN     "prognosis_id" TEXT;

-- AlterTable
ALTER TABLE "settlement" ADD COLUMN     "left_out" TEXT[] DEFAULT ARRAY[]::TEXT[];
