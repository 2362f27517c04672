// Source files as the protocol names them.

/** Nothing where no file is known. A relative path, as compilers record it without their directory, cannot be opened. */
export function sourceOf(file: string | null): { readonly source?: object } {
  if (file === null || file === '') return {};
  const name = file.slice(file.lastIndexOf('/') + 1);
  return { source: file.startsWith('/') ? { name, path: file } : { name, path: file, presentationHint: 'deemphasize' } };
}
