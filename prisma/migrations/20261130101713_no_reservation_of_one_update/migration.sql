-- Its rows are in "reservation_update" since 20261123234729_contracts, and nothing has written here since.
-- DropTable
DROP TABLE "reservation";
