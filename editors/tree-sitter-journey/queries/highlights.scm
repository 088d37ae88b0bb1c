; Words of the language. A word is one only where the grammar has it: a field may be called `list`.

[
  "use" "profile" "identity" "schema" "event" "catalog" "dataset" "merge" "attribute" "define" "audience" "topic"
  "message" "limit" "quiet" "offer" "decision" "recommendation" "webhook" "journey" "test"
] @keyword

[
  "start" "exit" "goal" "again" "once" "every" "times" "existing" "members"
] @keyword

[ "if" "else" "match" "otherwise" "split" "rest" "happened" "timed" "out" ] @keyword.conditional
[ "repeat" "repeating" ] @keyword.repeat
[ "stop" "failed" ] @keyword.return
[ "wait" "until" "for" "send" "set" "add" "remove" "call" "emit" "enter" ] @keyword.function
[ "and" "or" "not" "is" "in" "between" "contains" "starts" "ends" "matches" "where" ] @keyword.operator
[ "has" "no" "count" "sum" "average" "smallest" "largest" "first" "last" "most" "distinct" "since" "then" ] @keyword.operator
[
  (is_not) (not_in) (not_between_word) (in_last) (window_between_word) (since_start_words) (up_to_words)
  (at_least_words) (at_most_words) (within_words)
] @keyword.operator
[ (required) (private) (identifies) ] @keyword.modifier

; Names, by what they name.

(event_name) @type
(schema_name) @type
(catalog_name) @type
(type_name) @type.builtin
(journey_name) @namespace
(audience_name) @type
(message_name) @function
(webhook_name) @function
(call_name) @function.call
(offer_name) @function
(decision_name) @function
(recommendation_name) @function
(attribute_name) @variable
(define_name) @function
(field_name) @property
(part_name) @property
(topic_name) @constant
(option_name) @constant
(arm_name) @label
(split_name) @label
(value_name) @variable.parameter
(channel_name) @constant
(path) @variable

; Values.

(text_token) @string
(number_token) @number
(percent_token) @number
(money_token) @number
(duration_token) @number
(distance_token) @number
(date_token) @number
(clock_token) @number
(moment_token) @number
(true) @boolean
(false) @boolean
[ (compare_token) (times_or_over_token) "=" "+" "-" ] @operator
[ "(" ")" "[" "]" ] @punctuation.bracket
[ "," (argument_comma) ] @punctuation.delimiter

((comment) @comment.documentation (#match? @comment.documentation "^##"))
(comment) @comment
