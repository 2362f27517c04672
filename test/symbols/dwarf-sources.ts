// Programs whose variables show every kind of type and place: in C and C++, two files each, so that units refer to each other.

/** Source files by name; the first is compiled together with the others into one program. */
export type Sources = Readonly<Record<string, string>>;

const C_HEADER = `
#include <stddef.h>
#include <stdint.h>
struct opaque;
struct point { int x, y; };
typedef struct point point_t;
typedef struct node { struct node *next; point_t at; } node;
extern int shared_counter;
extern struct opaque *hidden_pointer;
extern int sized_elsewhere[];
struct opaque *make_opaque(void);
`;

const C_MAIN = `
#include "world.h"
#include <wchar.h>
enum color { RED, GREEN = 5, BLUE };
enum level { LOW = -2, MIDDLE, HIGH = 100 };
enum wide { NARROW, WIDE = 0xffffffffu };
enum { ANONYMOUS_ENUM = 3 } anonymous_enum = ANONYMOUS_ENUM;
union number { int i; float f; unsigned char bytes[8]; };
struct bits { unsigned a : 3; int b : 5; unsigned : 0; unsigned long c : 33; unsigned char d : 1; int plain; _Bool e : 1; enum level f : 9; };
struct __attribute__((packed)) packed_bits { char lead; unsigned a : 7; unsigned b : 20; unsigned long c : 40; };
struct outer {
  int first;
  struct { int in_struct; union { int u1; char u2[3]; }; };
  struct { short named_inner; } inner;
  int matrix[2][3];
  const char *const name;
  void (*callback)(int, struct outer *, ...);
  int flexible[];
};
struct __attribute__((aligned(64))) aligned { char c; };
struct empty {};
int global_int = 1;
unsigned char global_byte = 2;
signed char global_signed = -3;
char global_char = 'c';
short global_short; unsigned short global_ushort; long global_long; unsigned long long global_ull;
_Bool global_bool; float global_float; double global_double; long double global_long_double; double _Complex global_complex; wchar_t global_wchar;
__int128 global_int128;
static int file_static = 4;
const int global_const = 5;
volatile int global_volatile;
const volatile long global_const_volatile = 6;
_Atomic int global_atomic;
int *global_pointer = &global_int;
const char *global_string = "text";
char *const const_pointer = 0;
const char *const *pointer_chain;
void *global_void;
void (*global_function)(void);
int (*function_with_args)(const char *, point_t, struct node *);
int (*function_array[3])(int);
int (*pointer_to_array)[4];
int *array_of_pointers[5];
int matrix[3][4][5];
point_t points[7];
const struct point const_points[2];
enum color color = GREEN; enum level level = LOW; enum wide wide = WIDE;
union number number;
struct bits bits; struct packed_bits packed_bits; struct aligned aligned_variable; struct empty empty_variable;
struct outer outer;
struct { int field_of_anonymous; } anonymous_struct;
node list;
int sized_elsewhere[11];
int zero_length[0];
typedef int vector4 __attribute__((vector_size(16)));
vector4 vector;
size_t global_size; uint8_t global_u8;
__thread int thread_variable = 7;
static __thread long thread_static;
static int same_name = 8;
struct opaque *hidden_pointer;
int weak_variable __attribute__((weak)) = 9;
static int __attribute__((noinline)) counting(void) { static int calls; static char calls_buffer[10]; calls_buffer[calls % 10]++; return ++calls; }
static inline int inlined(int x) { static int inlined_static = 10; inlined_static += x; { static short in_block; in_block++; inlined_static += in_block; } return inlined_static; }
int other(void);
int main(int argc, char **argv) {
  static int same_name_in_function = 11;
  static node static_struct;
  extern int shared_counter;
  hidden_pointer = make_opaque();
  shared_counter += counting() + inlined(argc) + file_static++ + same_name++ + thread_static++ + thread_variable;
  same_name_in_function += argc;
  static_struct.at.x += argc;
  global_void = argv;
  return other() + static_struct.at.x + same_name_in_function;
}
`;

const C_OTHER = `
#include "world.h"
struct opaque { int secret; struct point where; };
static struct opaque the_opaque;
static long same_name = 12;
int shared_counter;
static const int lookup_table[4] = { 1, 2, 3, 4 };
struct opaque *make_opaque(void) { static int made; made++; the_opaque.secret = made; return &the_opaque; }
int __attribute__((noinline)) other(void) { static int same_name_in_function = 13; same_name += same_name_in_function++; return (int)same_name + lookup_table[shared_counter & 3]; }
`;

export const C_SOURCES: Sources = { 'main.c': C_MAIN, 'other.c': C_OTHER, 'world.h': C_HEADER };

const CPP_HEADER = `
namespace game {
struct Vec { float x, y; };
class Unit {
public:
  Unit(int hp) : hp_(hp) { count++; }
  virtual ~Unit() {}
  virtual int tick();
  static int count;
  static const int limit = 99;
  static constexpr int constexpr_limit = 98;
  static inline int inline_member = 3;
  struct Inner { int deep; static int inner_static; };
  Inner inner{};
protected:
  int hp_;
private:
  Vec at_{};
};
inline int inline_variable = 5;
template <typename T, int N> struct Box { T items[N]; static T shared; static inline int made = 1; enum class State : unsigned char { Empty, Full = 200 } state; };
template <typename T, int N> T Box<T, N>::shared{};
int use_box();
}
`;

const CPP_MAIN = `
#include "world.hpp"
namespace game {
int state = 1;
Vec origin{1, 2};
int Unit::count = 0;
int Unit::Inner::inner_static = 6;
int Unit::tick() { static int ticks = 0; return ++ticks + hp_; }
inline namespace v2 { int versioned = 2; }
namespace { int unnamed_member = 3; }
namespace deep { namespace deeper { long bottom = 4; } }
}
namespace { double unnamed = 1.5; }
enum Plain { ONE = 1, TWO }; enum class Scoped : short { Negative = -5, Zero = 0 };
struct Base1 { int b1; }; struct Base2 { int b2; virtual void f() {} };
struct Derived : Base1, Base2 { int d; unsigned flag : 2; };
struct Diamond : virtual Base1 { int own; };
Plain plain = TWO; Scoped scoped = Scoped::Negative;
Derived derived; Diamond diamond;
game::Unit unit{5};
game::Unit *unit_pointer = &unit; game::Unit &unit_reference = unit; const game::Vec &const_reference = game::origin; int &&rvalue = 3;
game::Box<int, 4> int_box; game::Box<game::Vec, 2> vec_box; game::Box<int, 4>::State box_state;
int game::Unit::Inner::*member_pointer = &game::Unit::Inner::deep; int (game::Unit::*method_pointer)() = &game::Unit::tick;
decltype(nullptr) null_pointer = nullptr; char16_t utf16 = u'x'; char32_t utf32; wchar_t wide_char; bool flag;
static union { int anonymous_int; float anonymous_float; };
thread_local int per_thread = 4;
extern "C" { int c_linkage = 9; }
const int internal_constant = 12; constexpr double constexpr_double = 2.5;
static int file_static;
template <typename T> int counter() { static int instances; return ++instances; }
inline int inline_function() { static int in_inline = 0; return ++in_inline; }
int main(int argc, char **) {
  static game::Vec in_main{3, 4};
  auto lambda = [] { static int in_lambda = 0; return ++in_lambda; };
  struct Local { int l; }; static Local local{7};
  in_main.x += argc; local.l += argc; file_static += internal_constant; anonymous_int++; unnamed += 1; game::unnamed_member++; per_thread++;
  return unit.tick() + lambda() + counter<int>() + counter<char>() + inline_function() + game::use_box() + game::Box<int, 4>::shared + game::inline_variable + (&game::Unit::limit != nullptr) + (int)constexpr_double + file_static;
}
const int game::Unit::limit;
`;

const CPP_OTHER = `
#include "world.hpp"
static int file_static = 3;
namespace { int unnamed_in_other = 4; }
namespace game { int use_box() { static Box<long, 3> local_box; local_box.items[0]++; Box<int, 4>::shared++; inline_variable++; Unit::inline_member++; Box<int, 4>::made++; return file_static++ + unnamed_in_other++ + Unit::count; } }
`;

export const CPP_SOURCES: Sources = { 'main.cpp': CPP_MAIN, 'other.cpp': CPP_OTHER, 'world.hpp': CPP_HEADER };
