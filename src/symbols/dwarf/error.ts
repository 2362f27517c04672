// The one exception of this folder: raised where bytes do not make sense, caught where a unit or a table can be left out.

/**
 * Debug information that contradicts itself or ends too early. Internal: it never leaves a `DebugInfo` method,
 * whose `problems` carry the message instead.
 */
export class DwarfError extends Error {
  override readonly name = 'DwarfError';
}
