// Values made when first asked for: types refer to each other in circles.

/** A function that calls `make` once and then gives its result. */
export function lazy<T>(make: () => T): () => T {
  let made: { readonly value: T } | null = null;
  return () => {
    made ??= { value: make() };
    return made.value;
  };
}
