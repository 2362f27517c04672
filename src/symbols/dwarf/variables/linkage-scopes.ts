// The scopes that a linkage name tells. gcc describes a C++17 inline static member once more at the top level of the unit, with its address there,
// and only the linkage name says which class it belongs to.
//
//   _ZN 4game 4Unit 13inline_member E      ->  game, Unit     (Itanium C++ ABI 5.1.2: nested names)

/** Namespaces and classes around the variable `linkage` names; null where it names none, or in a way (templates) that takes a whole demangler. */
export function scopesOf(linkage: string): string[] | null {
  const names: string[] = [];
  const length = /(\d+)|E$/y;
  for (length.lastIndex = '_ZN'.length; linkage.startsWith('_ZN'); ) {
    const match = length.exec(linkage);
    if (match === null) return null;
    if (match[1] === undefined) return names.slice(0, -1);
    const end = length.lastIndex + Number(match[1]);
    const name = linkage.slice(length.lastIndex, end);
    names.push(name.startsWith('_GLOBAL__N') ? '(anonymous namespace)' : name);
    length.lastIndex = end;
  }
  return null;
}
