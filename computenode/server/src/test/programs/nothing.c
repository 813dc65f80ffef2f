/* The smallest program: what a transaction costs at the least. */
int main(void) { return 0; }
