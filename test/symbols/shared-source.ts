// A library's source: one static variable, and one function that it shares.

export const SHARED_SOURCE = `static int calls;
int shared_tick(int by) {
  calls += by; // the line of shared_tick
  return calls;
}
`;
