/*
 * EACH_ROWS(X): X(1) X(2) ... X(TILE_ROWS), a micro-kernel for every number of rows.
 *
 * TILE_ROWS, which the file that includes this one defines, is the number of rows of two vectors
 * that the registers hold beside what a product needs: 14 with 32 registers, 6 or 4 with 16.
 */
#undef EACH_ROWS
#if TILE_ROWS == 14
#define EACH_ROWS(X) X(1) X(2) X(3) X(4) X(5) X(6) X(7) X(8) X(9) X(10) X(11) X(12) X(13) X(14)
#elif TILE_ROWS == 6
#define EACH_ROWS(X) X(1) X(2) X(3) X(4) X(5) X(6)
#elif TILE_ROWS == 4
#define EACH_ROWS(X) X(1) X(2) X(3) X(4)
#else
#error "there is no EACH_ROWS for this TILE_ROWS"
#endif
