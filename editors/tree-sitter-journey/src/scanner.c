// What the grammar of .journey files leaves to the layout: where a line ends, blocks by indentation, where a
// `where` ends, phrases of several words, and words such as `last` that begin a question only before the right word.
// The rules are those of dsl/layout.py and dsl/tokens.py; a test compares the two on every example.

#include "tree_sitter/alloc.h"
#include "tree_sitter/array.h"
#include "tree_sitter/parser.h"

#include <string.h>

enum Token {
  NEWLINE,
  INDENT,
  DEDENT,
  END_WHERE,
  END_OWN_WHERE,
  IS_NOT,
  NOT_IN,
  NOT_BETWEEN,
  IN_LAST,
  WINDOW_BETWEEN,
  SINCE_START,
  UP_TO,
  ARG_COMMA,
  AT_LEAST,
  AT_MOST,
  WITHIN_DISTANCE,
  NAME,
  TEXT_LONG,
  ERROR_SENTINEL,
};

typedef Array(uint16_t) Levels;

#define LONGEST 32

typedef struct {
  char text[LONGEST];
  unsigned length;
  bool dotted;
} Word;

void *tree_sitter_journey_external_scanner_create(void) {
  Levels *levels = ts_calloc(1, sizeof(Levels));
  array_init(levels);
  array_push(levels, 0);
  return levels;
}

void tree_sitter_journey_external_scanner_destroy(void *payload) {
  Levels *levels = payload;
  array_delete(levels);
  ts_free(levels);
}

unsigned tree_sitter_journey_external_scanner_serialize(void *payload, char *buffer) {
  Levels *levels = payload;
  unsigned size = 0;
  for (uint32_t i = 1; i < levels->size && size + 2 <= TREE_SITTER_SERIALIZATION_BUFFER_SIZE; i++) {
    uint16_t level = *array_get(levels, i);
    buffer[size++] = (char)(level & 0xff);
    buffer[size++] = (char)(level >> 8);
  }
  return size;
}

void tree_sitter_journey_external_scanner_deserialize(void *payload, const char *buffer, unsigned length) {
  Levels *levels = payload;
  array_clear(levels);
  array_push(levels, 0);
  for (unsigned at = 0; at + 1 < length; at += 2) {
    array_push(levels, (uint16_t)((unsigned char)buffer[at] | ((unsigned char)buffer[at + 1] << 8)));
  }
}

static bool is_letter(int32_t c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; }

static bool is_digit(int32_t c) { return c >= '0' && c <= '9'; }

static void blanks(TSLexer *lexer) {
  while (lexer->lookahead == ' ' || lexer->lookahead == '\t') lexer->advance(lexer, false);
}

static Word word(TSLexer *lexer) {
  Word found = {.length = 0, .dotted = false};
  while (is_letter(lexer->lookahead) || is_digit(lexer->lookahead) || lexer->lookahead == '.' || lexer->lookahead == '[') {
    if (lexer->lookahead == '.' || lexer->lookahead == '[') {
      found.dotted = true;
      break;
    }
    if (found.length < LONGEST - 1) found.text[found.length++] = (char)lexer->lookahead;
    lexer->advance(lexer, false);
  }
  found.text[found.length] = 0;
  return found;
}

static bool is(const Word *found, const char *text) { return !found->dotted && strcmp(found->text, text) == 0; }

static bool among(const Word *found, const char *const *texts) {
  for (; *texts; texts++) {
    if (is(found, *texts)) return true;
  }
  return false;
}

// What a number turns out to be; the lexer stands behind it afterwards.
typedef enum { A_NUMBER, A_DURATION, A_DISTANCE, A_DATE, A_NUMBER_AND_WORD } Amount;

static Amount amount(TSLexer *lexer) {
  unsigned digits = 0;
  while (is_digit(lexer->lookahead) || lexer->lookahead == '_') {
    digits++;
    lexer->advance(lexer, false);
  }
  if (lexer->lookahead == '-' && digits == 4) return A_DATE;
  if (lexer->lookahead == '.') {
    lexer->advance(lexer, false);
    while (is_digit(lexer->lookahead)) lexer->advance(lexer, false);
  }
  blanks(lexer);
  if (!is_letter(lexer->lookahead)) return A_NUMBER;
  Word unit = word(lexer);
  static const char *const units[] = {"second", "seconds", "minute", "minutes", "hour", "hours", "day", "days", "week",
                                      "weeks", "month", "months", "year", "years", NULL};
  static const char *const distances[] = {"km", "m", "mile", "miles", NULL};
  if (among(&unit, units)) return A_DURATION;
  if (among(&unit, distances)) return A_DISTANCE;
  return unit.dotted ? A_NUMBER : A_NUMBER_AND_WORD;
}

// Whether a word comes after a value: what stands before it is a name then.
static bool is_operator(const Word *found) {
  static const char *const operators[] = {
      "and",   "or", "is", "in", "not",  "between", "contains", "starts", "ends", "matches", "within",  "where", "as",
      "then",  "to", "from", "at", "on", "by",      "for",      "with",   "up",   "since",   "exactly", "because", NULL};
  return among(found, operators);
}

// Whether a word such as `last` begins a question here, by what comes next. The lexer stands behind the word.
static bool begins_history(TSLexer *lexer, const Word *found) {
  static const char *const before_of[] = {"count", "any", "all", "none", NULL};
  blanks(lexer);
  if (is_letter(lexer->lookahead)) {
    Word next = word(lexer);
    if (among(found, before_of)) return is(&next, "of");
    return next.dotted || !is_operator(&next);
  }
  if (among(found, before_of)) return false;
  if (is(found, "last") && is_digit(lexer->lookahead)) return true;
  return false;
}

// Whether a word behind `expect`, such as `nothing` or `sent`, is compared with something, and so is a field's name.
static bool is_compared(TSLexer *lexer) {
  static const char *const comparing[] = {"is",      "in",      "contains", "starts", "ends",
                                          "matches", "between", "within",   NULL};
  blanks(lexer);
  if (!is_letter(lexer->lookahead)) return lexer->lookahead == '<' || lexer->lookahead == '>';
  Word next = word(lexer);
  return among(&next, comparing);
}

static bool end_where(TSLexer *lexer, const bool *valid) {
  if (valid[END_WHERE]) {
    lexer->result_symbol = END_WHERE;
    return true;
  }
  if (valid[END_OWN_WHERE]) {
    lexer->result_symbol = END_OWN_WHERE;
    return true;
  }
  return false;
}

// Ends a `where` when one can end here; else the token itself, when it can stand here.
static bool either(TSLexer *lexer, const bool *valid, enum Token token) {
  if (end_where(lexer, valid)) return true;
  if (!valid[token]) return false;
  lexer->mark_end(lexer);
  lexer->result_symbol = token;
  return true;
}

static bool word_token(TSLexer *lexer, const bool *valid) {
  Word found = word(lexer);
  if (found.dotted) return false;
  static const char *const history[] = {"has",   "no",   "count", "sum",      "average", "smallest", "largest", "first", "last",
                                        "most",  "time", "distinct", "any", "all",     "none",     NULL};
  static const char *const closing[] = {"exactly", "as", "then", "for", NULL};
  if (among(&found, history)) {
    if (!valid[NAME]) return false;
    lexer->mark_end(lexer);
    if (begins_history(lexer, &found)) return false;
    lexer->result_symbol = NAME;
    return true;
  }
  if (is(&found, "a")) {
    if (!valid[NAME]) return false;
    lexer->mark_end(lexer);
    blanks(lexer);
    if (is_letter(lexer->lookahead)) {
      Word next = word(lexer);
      if (next.dotted || !is_operator(&next)) return false;
    }
    lexer->result_symbol = NAME;
    return true;
  }
  static const char *const outcomes[] = {"nothing", "sent", "called", "emitted", "offered", NULL};
  if (among(&found, outcomes)) {
    if (!valid[NAME]) return false;
    lexer->mark_end(lexer);
    if (!is_compared(lexer)) return false;
    lexer->result_symbol = NAME;
    return true;
  }
  static const char *const whose[] = {"by", "for", NULL};
  if (among(&found, whose) && valid[NAME] && !valid[END_WHERE] && !valid[END_OWN_WHERE]) {
    lexer->mark_end(lexer);
    blanks(lexer);
    if (lexer->lookahead != '=') return false;
    lexer->result_symbol = NAME;
    return true;
  }
  if (among(&found, closing)) return end_where(lexer, valid);
  if (is(&found, "and") || is(&found, "or")) {
    if (!valid[END_WHERE] && !valid[END_OWN_WHERE]) return false;
    blanks(lexer);
    Word next = word(lexer);
    return (is(&next, "has") || is(&next, "no")) && end_where(lexer, valid);
  }
  if (is(&found, "is")) {
    if (!valid[IS_NOT]) return false;
    blanks(lexer);
    Word next = word(lexer);
    if (!is(&next, "not")) return false;
    lexer->mark_end(lexer);
    lexer->result_symbol = IS_NOT;
    return true;
  }
  if (is(&found, "not")) {
    blanks(lexer);
    Word next = word(lexer);
    enum Token token = is(&next, "in") ? NOT_IN : NOT_BETWEEN;
    if (!(is(&next, "in") || is(&next, "between")) || !valid[token]) return false;
    lexer->mark_end(lexer);
    lexer->result_symbol = token;
    return true;
  }
  if (is(&found, "in")) {
    blanks(lexer);
    Word next = word(lexer);
    if (is(&next, "the")) {
      blanks(lexer);
      next = word(lexer);
    }
    if (!is(&next, "last")) return false;
    bool opens = valid[IN_LAST] && !valid[END_WHERE] && !valid[END_OWN_WHERE];
    if (opens) lexer->mark_end(lexer);
    blanks(lexer);
    if (!is_digit(lexer->lookahead)) return false;
    Amount length = amount(lexer);
    if (length != A_DURATION && length != A_NUMBER_AND_WORD) return false;
    if (end_where(lexer, valid)) return true;
    lexer->result_symbol = IN_LAST;
    return opens;
  }
  if (is(&found, "between")) {
    if (!valid[WINDOW_BETWEEN]) return false;
    lexer->mark_end(lexer);
    blanks(lexer);
    if (!is_digit(lexer->lookahead) || amount(lexer) != A_DATE) return false;
    lexer->result_symbol = WINDOW_BETWEEN;
    return true;
  }
  if (is(&found, "at")) {
    blanks(lexer);
    Word next = word(lexer);
    if (is(&next, "least")) return either(lexer, valid, AT_LEAST);
    if (is(&next, "most")) return either(lexer, valid, AT_MOST);
    return end_where(lexer, valid);
  }
  if (is(&found, "up")) {
    blanks(lexer);
    Word next = word(lexer);
    return is(&next, "to") && either(lexer, valid, UP_TO);
  }
  if (is(&found, "since")) {
    if (end_where(lexer, valid)) return true;
    blanks(lexer);
    Word next = word(lexer);
    return is(&next, "start") && either(lexer, valid, SINCE_START);
  }
  if (is(&found, "within")) {
    if (valid[WITHIN_DISTANCE]) lexer->mark_end(lexer);
    blanks(lexer);
    if (is_digit(lexer->lookahead) && amount(lexer) == A_DISTANCE) {
      lexer->result_symbol = WITHIN_DISTANCE;
      return valid[WITHIN_DISTANCE];
    }
    return !valid[WITHIN_DISTANCE] && end_where(lexer, valid);
  }
  return false;
}

static bool comma(TSLexer *lexer, const bool *valid) {
  bool ends = valid[END_WHERE] || valid[END_OWN_WHERE];
  lexer->advance(lexer, false);
  if (valid[ARG_COMMA] && !ends) lexer->mark_end(lexer);
  blanks(lexer);
  while (lexer->lookahead == '\n' || lexer->lookahead == '\r' || lexer->lookahead == ' ') lexer->advance(lexer, false);
  if (!is_letter(lexer->lookahead)) return false;
  Word next = word(lexer);
  while (is_letter(lexer->lookahead) || is_digit(lexer->lookahead) || lexer->lookahead == '.' || lexer->lookahead == '[' ||
         lexer->lookahead == ']') {
    lexer->advance(lexer, false);
  }
  blanks(lexer);
  if (is(&next, "up")) {
    Word second = word(lexer);
    return is(&second, "to") && either(lexer, valid, UP_TO);
  }
  if (lexer->lookahead != '=') return false;
  if (ends) return end_where(lexer, valid);
  lexer->result_symbol = ARG_COMMA;
  return valid[ARG_COMMA];
}

static bool long_text(TSLexer *lexer) {
  for (int i = 0; i < 3; i++) {
    if (lexer->lookahead != '"') return false;
    lexer->advance(lexer, false);
  }
  int quotes = 0;
  bool escaped = false;
  while (!lexer->eof(lexer)) {
    int32_t c = lexer->lookahead;
    if (c == '"' && !(escaped && quotes == 0)) {
      quotes++;
    } else {
      quotes = 0;
    }
    escaped = c == '\\';
    lexer->advance(lexer, false);
    if (quotes == 3) {
      lexer->mark_end(lexer);
      lexer->result_symbol = TEXT_LONG;
      return true;
    }
  }
  return false;
}

// At the end of a line. The lexer stands behind the line break(s), before the first word of the next line.
static bool line_end(Levels *levels, TSLexer *lexer, const bool *valid, uint16_t indent) {
  if (!lexer->eof(lexer) && is_letter(lexer->lookahead) && (valid[NEWLINE] || valid[END_WHERE] || valid[END_OWN_WHERE])) {
    Word first = word(lexer);
    if (is(&first, "and") || is(&first, "or")) {
      if (!valid[END_WHERE] || valid[ERROR_SENTINEL]) return false;
      lexer->result_symbol = END_WHERE;
      return true;
    }
  }
  if (!valid[ERROR_SENTINEL] && end_where(lexer, valid)) return true;
  uint16_t top = *array_back(levels);
  if (valid[NEWLINE] && !(valid[ERROR_SENTINEL] && indent != top)) {
    lexer->result_symbol = NEWLINE;
    return true;
  }
  if (indent > top && valid[INDENT]) {
    array_push(levels, indent);
    lexer->result_symbol = INDENT;
    return true;
  }
  if (indent < top && valid[DEDENT]) {
    (void)array_pop(levels);
    lexer->result_symbol = DEDENT;
    return true;
  }
  return false;
}

bool tree_sitter_journey_external_scanner_scan(void *payload, TSLexer *lexer, const bool *valid) {
  Levels *levels = payload;
  // What ends a line, a block or a `where` has no text of its own: it stands here, before the line break.
  lexer->mark_end(lexer);
  bool crossed = false;
  bool commented = false;
  uint16_t indent = 0;
  for (;;) {
    int32_t c = lexer->lookahead;
    if (c == '\n') {
      crossed = true;
      indent = 0;
      lexer->advance(lexer, true);
    } else if (c == ' ' || c == '\r' || c == '\t') {
      indent++;
      lexer->advance(lexer, true);
    } else if (c == '#') {
      commented = true;
      while (lexer->lookahead != '\n' && !lexer->eof(lexer)) lexer->advance(lexer, false);
    } else {
      break;
    }
  }
  if (lexer->eof(lexer)) return line_end(levels, lexer, valid, 0);
  if (crossed && (valid[NEWLINE] || valid[INDENT] || valid[DEDENT] || valid[END_WHERE] || valid[END_OWN_WHERE])) {
    if (line_end(levels, lexer, valid, indent)) return true;
    if (valid[NEWLINE] || valid[END_WHERE] || valid[END_OWN_WHERE]) return false;
  }
  if (commented || valid[ERROR_SENTINEL]) return false;
  int32_t c = lexer->lookahead;
  if (c == ')' || c == ']') return end_where(lexer, valid);
  if (c == ',') return comma(lexer, valid);
  if (c == '"') return valid[TEXT_LONG] && long_text(lexer);
  if (is_letter(c)) return word_token(lexer, valid);
  return false;
}
