// How much is known about a module's names: what error messages tell people who ask for a name that is not there.

/**
 * `debug-info`: variables, types, lines. `symbols`: all names (.symtab), without types. `exports`: only what other modules may use
 * (.dynsym): a stripped library. `none`: nothing, a stripped program. `unreadable`: the file cannot be read, see the module's problems.
 */
export type SymbolLevel = 'debug-info' | 'symbols' | 'exports' | 'none' | 'unreadable';
