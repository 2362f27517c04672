// Programs with live data of every kind that expressions can reach: they build it, say "ready", and wait.
import type { Sources } from '../symbols/dwarf-sources.js';

const C_MAIN = `
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
enum color { RED, GREEN = 5, BLUE };
enum level { LOW = -2, MIDDLE, HIGH = 100 };
typedef struct point { int x, y; } point_t;
struct bits { unsigned a : 3; int b : 5; unsigned : 0; unsigned long c : 33; unsigned char d : 1; int plain; _Bool e : 1; enum level f : 9; };
struct __attribute__((packed)) packed_bits { char lead; unsigned a : 7; unsigned b : 20; unsigned long c : 40; uint16_t odd; };
union number { int i; float f; unsigned char bytes[8]; struct { short low, high; } halves; };
struct node {
  int value; char name[12]; struct node *next; struct node *const *table; point_t at; const point_t *where;
  struct { int in_struct; union { int u1; char u2[3]; float u3; }; };
  void (*callback)(int); void *opaque; enum color color; double weight; union number number;
};
struct matrix { float cells[3][4]; long rows[2]; point_t corners[2][2]; struct node *nodes[3]; };
struct player { char name[16]; int32_t hp; uint8_t flags; int64_t score; _Bool alive; enum level level; struct bits bits; point_t trail[4]; };
struct world { struct player players[4]; struct matrix matrix; struct node *head, **heads; const char *title; int count; int *numbers; long tail[]; };
struct world *world; struct world static_world; struct node *first; struct node second = { .value = 2, .name = "second" };
struct node *null_node; struct node *const constant_pointer = &second; void *opaque = &second; const void *constant_opaque;
int global_int = 1; unsigned char global_byte = 200; signed char global_signed = -3; char global_char = 'c'; short global_short = -7;
unsigned short global_ushort = 65535; long global_long = -1; unsigned long long global_ull = ~0ull; _Bool global_bool = 1;
float global_float = 0.1f; double global_double = 1e100; long double global_long_double = 1.5L; __int128 global_int128 = -5;
volatile int global_volatile = 9; const int *pointer_to_const = &global_int; int **pointer_chain; int (*pointer_to_array)[4]; int grid[3][4];
const char *text = "some text"; char letters[] = "letters"; unsigned char raw[5] = { 1, 2, 3, 4, 5 }; uint16_t words[4] = { 1, 2, 3, 65535 };
int (*function)(const char *) = puts; int (*functions[2])(const char *) = { puts, 0 }; enum color color = GREEN; enum level levels[3] = { LOW, HIGH, 7 };
struct bits bits = { 5, -3, 1ul << 32, 1, -9, 1, HIGH }; struct packed_bits packed = { 'x', 77, 0xfffff, 1ul << 39, 9 }; union number number;
struct player player = { "nobody", 100, 3, -5, 1, LOW }; struct matrix matrix; point_t points[5]; double doubles[3] = { 0.1, -0.0, 3e-310 }; float huge[2];
static struct node file_static = { .value = 3 }; static int counter; uintptr_t handle;
typedef int row_t[4]; row_t *rows = grid; typedef struct node *node_ptr; node_ptr aliased = &second; struct node *other_static(void); int tick(void);
static void called(int i) { counter += i; }
static struct node *make(int value, struct node *next) {
  struct node *node = calloc(1, sizeof *node);
  node->value = value; snprintf(node->name, sizeof node->name, "node%d", value); node->next = next; node->at.x = value * 10; node->where = &next->at;
  node->in_struct = value + 1; node->u3 = 2.5f; node->callback = called; node->opaque = node; node->color = BLUE; node->weight = value / 3.0; node->number.i = value;
  return node;
}
int main(void) {
  first = make(1, make(2, make(3, &second))); second.next = 0; second.where = &points[2]; world = calloc(1, sizeof *world + 4 * sizeof(long));
  for (int i = 0; i < 4; i++) { world->players[i] = player; world->players[i].hp += i; world->players[i].trail[i].x = i; world->tail[i] = i * i; }
  world->matrix.cells[1][2] = 1.25f; world->matrix.nodes[1] = first; world->head = first; world->heads = &world->head; world->title = text; world->count = 4;
  world->numbers = calloc(8, sizeof(int)); for (int i = 0; i < 8; i++) world->numbers[i] = i * 3; memcpy(&static_world, world, sizeof static_world);
  for (int i = 0; i < 3; i++) for (int j = 0; j < 4; j++) grid[i][j] = i * 10 + j;
  for (int i = 0; i < 5; i++) points[i] = (point_t){ i, -i };
  pointer_to_array = grid; matrix = world->matrix; file_static.next = &second; static int *chained = &global_int; pointer_chain = &chained; huge[0] = 3e38f * 10; huge[1] = 1e-45f;
  number.f = 1.5f; handle = (uintptr_t)first; counter = tick() + other_static()->value; puts("ready"); fflush(stdout); pause();
  return global_volatile + counter + (int)sizeof(struct packed_bits) + static_world.count;
}`;

const C_OTHER = `
struct node; struct hidden { int value; struct { long inner; } nested; struct hidden *self; };
static struct hidden counter = { 7, { 8 }, &counter }; struct hidden *exported = &counter;
struct node *other_static(void) { static struct hidden local = { 4, { 5 }, 0 }; local.self = &counter; counter.value++; return (struct node *)&local; }
int tick(void) { static int calls = 3; static struct { short a, b; } pair = { 1, 2 }; pair.a += calls; return calls += pair.b; }
`;

export const C_LIVE: Sources = { 'main.c': C_MAIN, 'other.c': C_OTHER };

const CPP_MAIN = `
#include <array>
#include <cstdio>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <unistd.h>
#include <vector>
namespace geometry {
  template <typename T> struct Vec { T x, y; static int made; }; template <typename T> int Vec<T>::made = 4;
  template <typename T, int N> struct Box { T items[N]; Box *next; };
  enum class Kind : unsigned char { None, Some = 7 }; enum Old { A, B = 3 };
}
namespace game {
  using geometry::Vec;
  struct Base { int id; virtual ~Base() {} static long count; protected: char tag[4] = "abc"; }; long Base::count = 11;
  struct Second { double weight = 0.5; int second_own = 8; };
  struct Unit : Base, Second { std::string name; std::vector<int> items; Vec<float> at{1.5f, -2}; Unit *target = nullptr; geometry::Kind kind = geometry::Kind::Some; int &alias; bool on = true; static Unit *leader; explicit Unit(int &a) : alias(a) {} };
  Unit *Unit::leader;
  struct Derived : Unit { using Unit::Unit; int own = 5; const Base *parent = nullptr; };
  struct Diamond : virtual Base { int top = 1; };
  namespace { int hidden = 2; struct Local { int a; Vec<int> v; } local_value{1, {2, 3}}; }
  inline namespace v1 { int versioned = 6; }
  union Any { int i; float f; Vec<short> v; };
}
int number = 3; game::Unit *unit; game::Unit &reference = *new game::Unit(number); game::Derived derived(number); game::Base *base = &derived; const game::Derived &constant_reference = derived;
geometry::Box<game::Vec<int>, 3> box; geometry::Box<char, 8> chars{"boxed", nullptr}; geometry::Kind kind = geometry::Kind::Some; geometry::Old old = geometry::B; game::Any any; game::Vec<double> *vec = new game::Vec<double>{0.1, 2};
std::vector<int> numbers{1, 2, 3}; std::vector<game::Unit> units; std::string text = "short"; std::string long_text = "a text that is too long to be kept within the string"; std::array<short, 5> fixed{1, 2, 3};
std::vector<std::vector<std::string>> nested{{"a", "b"}, {}, {"c"}}; std::unique_ptr<game::Unit> owner; std::shared_ptr<int> shared = std::make_shared<int>(9); std::map<int, int> table{{1, 2}}; std::optional<int> maybe = 5;
int game::Vec<int>::*member_pointer = &game::Vec<int>::y; int &number_reference = number; int &&temporary = 7; char32_t wide[3] = U"ab"; wchar_t wchar = L'x'; char16_t narrow = u'y';
static game::Diamond diamond; int overloaded(int by) { static int calls = 1; return calls += by; } int overloaded(char) { static long calls = 9; return (int)calls++; }
int main() {
  unit = new game::Unit(number); unit->name = "leader"; unit->items = {4, 5, 6}; unit->target = &reference; game::Unit::leader = unit; units.push_back(*unit); units.push_back(reference); reference.name = "referenced"; derived.parent = base; derived.target = unit;
  owner.reset(new game::Unit(number)); box.next = &box; box.items[1].x = 4; any.f = 2.5f; diamond.top += overloaded(1) + overloaded('a') + game::hidden + game::local_value.a + game::v1::versioned + wide[0];
  std::puts("ready"); std::fflush(stdout); pause(); return diamond.top + temporary + *shared + table[1] + maybe.value() + game::Vec<float>::made + game::Vec<int>::made;
}`;

export const CPP_LIVE: Sources = { 'main.cpp': CPP_MAIN };
