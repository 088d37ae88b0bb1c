// Made by generate.py from the grammar of the language (dsl/grammar/journey.lark). Do not edit.

module.exports = grammar({
  name: "journey",

  externals: $ => [
    $._newline,
    $._indent,
    $._dedent,
    $._end_where,
    $._end_own_where,
    $.is_not,
    $.not_in,
    $.not_between_word,
    $.in_last,
    $.window_between_word,
    $.since_start_words,
    $.up_to_words,
    $.argument_comma,
    $.at_least_words,
    $.at_most_words,
    $.within_words,
    $._name,
    $._text_long,
    $._error_sentinel,
  ],

  extras: $ => [/[ \t\r\n]/, $.comment],

  word: $ => $._name,

  rules: {
    source_file: $ => repeat($._declaration),

    _declaration: $ => choice($.use, $.profile, $.identity, $.schema, $.event, $.catalog, $.dataset, $.merge, $.attribute, $.define, $.audience, $.topic, $.message, $.limit, $.quiet_hours, $.offer, $.decision, $.recommendation, $.webhook, $.journey, $.test),

    module_name: $ => $._name,

    field_name: $ => $._name,

    type_name: $ => $._name,

    option_name: $ => $._name,

    schema_name: $ => $._name,

    event_name: $ => $._name,

    catalog_name: $ => $._name,

    dataset_name: $ => $._name,

    attribute_name: $ => $._name,

    define_name: $ => $._name,

    parameter_name: $ => $._name,

    audience_name: $ => $._name,

    topic_name: $ => $._name,

    message_name: $ => $._name,

    channel_name: $ => $._name,

    part_name: $ => $._name,

    offer_name: $ => $._name,

    decision_name: $ => $._name,

    recommendation_name: $ => $._name,

    webhook_name: $ => $._name,

    journey_name: $ => $._name,

    split_name: $ => $._name,

    arm_name: $ => $._name,

    value_name: $ => $._name,

    day_name: $ => $._name,

    column_name: $ => $._name,

    reaction_name: $ => $._name,

    format_name: $ => $._name,

    conversion_name: $ => $._name,

    limited_name: $ => $._name,

    merge_name: $ => $._name,

    person_name: $ => $._name,

    _event_names: $ => seq($.event_name, repeat(seq(",", $.event_name))),

    _channel_names: $ => seq($.channel_name, repeat(seq(",", $.channel_name))),

    _offer_names: $ => seq($.offer_name, repeat(seq(",", $.offer_name))),

    _dataset_names: $ => seq($.dataset_name, repeat(seq(",", $.dataset_name))),

    _field_names: $ => seq($.field_name, repeat(seq(",", $.field_name))),

    _parameter_names: $ => seq($.parameter_name, repeat(seq(",", $.parameter_name))),

    _option_names: $ => seq($.option_name, repeat(seq(",", $.option_name))),

    path: $ => choice($._name, $._dotted),

    _condition: $ => choice($._both, $.either),

    _both: $ => choice($._negation, $.all),

    _negation: $ => choice($.negation, $._comparison),

    _comparison: $ => choice($._value, $.compare, $.equal, $.not_equal, $.missing, $.known, $.is_day, $.is_not_day, $.in_options, $.not_in_options, $.between, $.not_between, $.contains, $.starts_with, $.ends_with, $.matches, $.within_distance, $.in_audience, $.not_in_audience, $.quantified, $.has, $.has_no, $.sequence, $.sequence_without),

    day_kind: $ => choice($.holiday, $.working_day),

    options: $ => seq($._value, repeat(seq(",", $._value))),

    quantifier: $ => choice("any", "all", "none"),

    _history: $ => choice($.quantity, $.window, $.where),

    _sequel: $ => choice($.where, $.window, $.sequel_within),

    quantity: $ => choice($.at_least, $.at_most, $.exactly),

    window: $ => choice($.window_last, $.window_since, $.window_between),

    _instant: $ => choice($.date, $.moment, $.path, seq("(", $._condition, ")")),

    where: $ => seq("where", $._condition, $._end_where),

    _value: $ => choice($._product, $.plus, $.minus),

    _product: $ => choice($._factor, $.times),

    _factor: $ => choice($.negative, $._atom),

    _atom: $ => choice($.text, $.number, $.money, $.percent, $.duration, $.date, $.clock, $.moment, $.distance, $.boolean, $.path, $.call, $.aggregate, seq("(", $._condition, ")"), $.list, $.group),

    call: $ => seq($.call_name, "(", optional(seq($._given_value, repeat(seq(",", $._given_value)))), ")"),

    _given_value: $ => choice($._value, $.compare, $.equal, $.not_equal, $.missing, $.known, $.in_audience, $.not_in_audience),

    call_name: $ => $._name,

    text: $ => $.text_token,

    number: $ => $.number_token,

    money: $ => $.money_token,

    percent: $ => $.percent_token,

    duration: $ => $.duration_token,

    date: $ => $.date_token,

    clock: $ => $.clock_token,

    moment: $ => $.moment_token,

    distance: $ => $.distance_token,

    boolean: $ => choice($.true, $.false),

    aggregate: $ => choice($.count, $.distinct, $.summary_of, $.most_common, $.last_n, $.time_of_first, $.time_of_last),

    summary: $ => choice("sum", "average", "smallest", "largest", "first", "last"),

    event_path: $ => choice($._name, $._dotted),

    _aggregated: $ => choice($.window, $.where),

    use: $ => choice($.use_module, $.use_folder),

    profile: $ => seq("profile", $._newline, optional($._fields)),

    identity: $ => seq("identity", $._newline, optional(seq($._indent, repeat1($.identity_entry), $._dedent))),

    identity_entry: $ => choice($.one_per_person, $.many_per_person),

    schema: $ => seq("schema", $.schema_name, $._newline, optional($._fields)),

    event: $ => seq("event", $.event_name, optional($.called), $._newline, optional($._fields)),

    catalog: $ => seq("catalog", $.catalog_name, "from", $.format_name, $.text_token, "key", $.field_name, $._newline, optional($._fields)),

    _fields: $ => seq($._indent, repeat1($.field), $._dedent),

    field: $ => seq($.field_name, $.type, repeat($._modifier), $._newline),

    _modifier: $ => choice($.required, $.private, $.identifies, $.called, $.default),

    called: $ => seq("called", $.text),

    type: $ => choice($.plain_type, $.list_type, $.one_of_type, $.ref_type),

    dataset: $ => seq("dataset", $.dataset_name, $._newline, optional(seq($._indent, repeat1($._dataset_item), $._dedent))),

    _dataset_item: $ => choice($.holds, $.source, $.keep),

    holds: $ => seq("holds", $._held_names, $._newline),

    _held_names: $ => seq($.held_name, repeat(seq(",", $.held_name))),

    held_name: $ => $._name,

    source: $ => seq("from", $.format_name, optional($.text), $._newline, optional(seq($._indent, repeat1($.mapping), $._dedent))),

    mapping: $ => seq($.text, "to", $.path, optional($._conversion), $._newline),

    _conversion: $ => choice(seq("as", $.text), seq("as", $.conversion_name)),

    keep: $ => seq("keep", $.duration_token, $._newline),

    merge: $ => seq("merge", "profile", "by", $.merge_name, $._newline, optional(seq($._indent, repeat1($.merge_rule), $._dedent))),

    merge_rule: $ => seq($.merge_fields, "by", $.merge_datasets, $._newline),

    merge_fields: $ => $._field_names,

    merge_datasets: $ => $._dataset_names,

    attribute: $ => seq("attribute", $.attribute_name, "=", $._said_value),

    define: $ => seq("define", $.define_name, optional($.parameters), "=", $._said_value),

    parameters: $ => seq("(", $._parameter_names, ")"),

    _said_value: $ => choice(seq($._condition, $._newline), seq($._newline, $._indent, $.said_condition, $._dedent)),

    audience: $ => choice(seq("audience", $.audience_name, $._newline, $._indent, $.said_condition, $._dedent), $.static_audience),

    said_condition: $ => seq($._condition, $._newline),

    topic: $ => choice($.topic_opt_in, $.topic_opt_out, $.topic_always),

    message: $ => seq("message", $.message_name, optional(seq("about", $.topic_name)), $._newline, optional(seq($._indent, repeat1($.variant), $._dedent))),

    variant: $ => seq($.channel_name, optional($._variant_when), $._newline, optional(seq($._indent, repeat1($.part), $._dedent))),

    _variant_when: $ => seq("when", $._condition),

    part: $ => seq($.part_name, optional("file"), $.text, $._newline),

    limit: $ => choice($.limit_per, $.limit_calendar),

    calendar_name: $ => $._name,

    quiet_hours: $ => seq("quiet", "hours", "from", $.clock, "to", $.clock, optional($.quiet_channels), optional($.quiet_zone), optional($.drop), $._newline),

    quiet_channels: $ => seq("on", $._channel_names),

    quiet_zone: $ => seq("in", $._zone, optional(seq("otherwise", $.text))),

    drop: $ => "drop",

    offer: $ => seq("offer", $.offer_name, $._newline, optional(seq($._indent, repeat1($._offer_item), $._dedent))),

    _offer_item: $ => choice($.offer_when, $.part, $.offer_since, $.offer_until, $.offer_per_person, $.offer_in_total, $.offer_priority),

    offer_when: $ => seq("when", $._condition, $._newline),

    offer_since: $ => seq("since", $._value, $._newline),

    offer_until: $ => seq("until", $._value, $._newline),

    offer_per_person: $ => seq($.at_most_words, $.number_token, choice("times", "time"), "per", "person", $._newline),

    offer_in_total: $ => seq($.at_most_words, $.number_token, choice("times", "time"), "in", "total", $._newline),

    offer_priority: $ => seq("priority", $._value, $._newline),

    decision: $ => seq("decision", $.decision_name, $._newline, optional(seq($._indent, repeat1($._decision_item), $._dedent))),

    _decision_item: $ => choice($.decision_from, $.decision_pick, $.decision_otherwise),

    decision_from: $ => seq("from", $._offer_names, $._newline),

    decision_pick: $ => seq("pick", $.number_token, optional(seq("by", $._value)), $._newline),

    decision_otherwise: $ => seq("otherwise", $.offer_name, $._newline),

    recommendation: $ => seq("recommendation", $.recommendation_name, $._newline, optional(seq($._indent, repeat1($._recommendation_item), $._dedent))),

    _recommendation_item: $ => choice($.recommendation_pick, $.recommendation_by, $.recommendation_except, $.recommendation_otherwise),

    recommendation_pick: $ => seq("pick", $.number_token, "from", $.catalog_name, $._newline),

    recommendation_by: $ => seq("by", $.ranking, $._newline),

    recommendation_except: $ => seq("except", $.ranking, $._newline),

    recommendation_otherwise: $ => seq("otherwise", $.ranking, $._newline),

    ranking: $ => choice($.ranking_together, $.ranking_most, $.ranking_plain),

    ranking_name: $ => choice($._name, "bought"),

    webhook: $ => seq("webhook", $.webhook_name, $._newline, optional(seq($._indent, repeat1($._webhook_item), $._dedent))),

    _webhook_item: $ => choice($.webhook_post, $.webhook_timeout, $.webhook_retries, $.webhook_answers),

    webhook_post: $ => seq("post", $.text, $._newline),

    webhook_timeout: $ => seq("timeout", $.duration, $._newline),

    webhook_retries: $ => seq("retries", $.number_token, $._newline),

    webhook_answers: $ => seq("answers", $._newline, $._fields),

    journey: $ => seq("journey", $.journey_name, $._newline, optional(seq($._indent, repeat1($._journey_line), $._dedent))),

    _journey_line: $ => choice($._setting, $._step),

    _setting: $ => choice($.start_on_event, $.start_on_change, $.start_on_audience, $.start_on_schedule, $.start_on_date, $.again, $.exit_on, $.exit_when, $.goal, $.times_in, $.one_per, $.existing_members, $.ends_after),

    start_on_event: $ => seq("start", "on", $.event_name, optional($.for_audience), optional(alias($.own_where, $.where)), optional($.as_name), $._newline),

    for_audience: $ => seq("for", $.audience_name),

    start_on_change: $ => seq("start", "on", "change", "of", $.path, optional($.for_audience), optional(alias($.own_where, $.where)), $._newline),

    start_on_audience: $ => choice($.start_entering, $.start_leaving),

    start_on_schedule: $ => choice($.start_every, $.start_at),

    start_on_date: $ => choice(seq("start", "on", $._value, "at", $.clock, $._newline), seq("start", "on", $.shifted_date, $._newline), $.start_once),

    shifted_date: $ => choice($.plus, $.minus),

    again: $ => choice($.again_never, $.again_always, $.again_after),

    exit_on: $ => seq("exit", "on", $.event_name, optional(alias($.own_where, $.where)), $._newline),

    exit_when: $ => seq("exit", "when", $._condition, $._newline),

    goal: $ => seq("goal", $.event_name, optional(alias($.own_where, $.where)), optional(seq("within", $.duration)), $._newline),

    times_in: $ => seq("times", "in", $._zone, optional(seq("otherwise", $.text)), $._newline),

    _zone: $ => choice($.path, $.text),

    one_per: $ => seq("one", "per", $.path, $._newline),

    existing_members: $ => choice($.existing_ignored, $.existing_enter),

    ends_after: $ => seq("ends", "after", $.duration, $._newline),

    _step: $ => choice($.wait, $.wait_until, $.wait_for, $.if, $.match, $.split, $.send, $.set, $.add, $.remove, $.call_step, $.emit, $.enter, $.stop, $.stop_repeating, $.repeat),

    block: $ => seq($._indent, repeat1($._step), $._dedent),

    wait: $ => choice(seq("wait", $.duration, $._newline), $.wait_working),

    wait_until: $ => seq("wait", "until", $._value, optional(seq("at", $.clock)), optional($.on_days), $._newline),

    on_days: $ => seq("on", optional("a"), $._day, repeat(seq(choice(",", "or"), optional("a"), $._day)), optional($.in_country)),

    _day: $ => choice($.day_name, $.working_day),

    working_day: $ => seq("working", "day"),

    in_country: $ => seq("in", $._value),

    wait_for: $ => choice(seq("wait", "for", $.awaited, optional($.since_start), optional($.up_to), $._newline, optional(seq($._indent, optional($.happened), optional($.timed_out), $._dedent))), $.wait_for_first),

    since_start: $ => $.since_start_words,

    up_to: $ => seq($.up_to_words, $.duration),

    happened: $ => seq("happened", $._newline, optional($.block)),

    timed_out: $ => seq("timed", "out", $._newline, optional($.block)),

    awaited: $ => seq($.event_name, optional($.of_message), optional(alias($.own_where, $.where)), optional($.as_name)),

    of_message: $ => seq("of", $.message_name),

    as_name: $ => seq("as", $.value_name),

    race: $ => seq(alias($.race_awaited, $.awaited), $._newline, optional($.block)),

    if: $ => choice(seq("if", $._condition, $._newline, optional($.block), repeat($.else_if), optional($.else)), $.if_failed),

    else_if: $ => seq("else", "if", $._condition, $._newline, optional($.block)),

    else: $ => seq("else", $._newline, optional($.block)),

    match: $ => seq("match", $._value, $._newline, optional(seq($._indent, repeat1(choice($.case, $.otherwise)), $._dedent))),

    case: $ => seq("is", $.options, $._newline, optional($.block)),

    otherwise: $ => seq("otherwise", $._newline, optional($.block)),

    split: $ => seq("split", $.split_name, optional($.toward_goal), optional($.sticky), $._newline, optional(seq($._indent, repeat1(choice($.share, $.share_rest)), $._dedent))),

    toward_goal: $ => seq("toward", "goal"),

    sticky: $ => "sticky",

    share: $ => seq($.percent_token, $.arm_name, $._newline, optional($.block)),

    share_rest: $ => seq("rest", $.arm_name, $._newline, optional($.block)),

    send: $ => seq("send", $.message_name, optional($.by_channels), optional($._with_arguments), optional($.expires), $._newline),

    by_channels: $ => seq("by", $._channel_names),

    expires: $ => seq("expires", "after", $.duration),

    set: $ => seq("set", $.path, "to", $._condition, $._newline),

    add: $ => seq("add", $._value, "to", $.path, $._newline),

    remove: $ => seq("remove", $._value, "from", $.path, $._newline),

    call_step: $ => seq("call", $.webhook_name, optional($._with_arguments), optional($.as_name), $._newline),

    emit: $ => seq("emit", $.event_name, optional($._with_arguments), $._newline),

    enter: $ => seq("enter", $.journey_name, $._newline),

    stop: $ => seq("stop", $._newline),

    stop_repeating: $ => seq("stop", "repeating", optional(seq("if", $._condition)), $._newline),

    repeat: $ => seq("repeat", $.up_to_words, $.number_token, choice("times", "time"), $._newline, optional($.block)),

    _with_arguments: $ => seq("with", $.arguments),

    arguments: $ => seq($.argument, repeat(seq($.argument_comma, $.argument))),

    argument: $ => seq($.value_name, "=", $._condition),

    test: $ => seq("test", $.text, $._newline, optional(seq($._indent, repeat1($._test_item), $._dedent))),

    _test_item: $ => choice($.each, $.clock_zone, $.given, $.introduced, $.choose, $.answers, $.fails, $.times_out, $.reacts, $.ago, $.at_moment, $.after_time, $._expect),

    each: $ => seq("each", $._newline, $._indent, $.case_head, repeat1($.case_row), $._dedent),

    case_head: $ => seq($.column_name, repeat(seq("|", $.column_name)), $._newline),

    case_row: $ => choice(seq(optional($._condition), "|", optional($._condition), repeat(seq("|", optional($._condition))), $._newline), seq($._condition, $._newline)),

    clock_zone: $ => seq("times", "in", $.text, $._newline),

    given: $ => seq("profile", $.assignment, repeat(seq($.argument_comma, $.assignment)), $._newline),

    introduced: $ => seq("person", $.person_name, optional(seq($.assignment, repeat(seq($.argument_comma, $.assignment)))), $._newline),

    assignment: $ => seq($.path, "=", $._condition),

    by_person: $ => seq("by", $._whom),

    for_person: $ => seq("for", $._whom),

    to_person: $ => seq("to", $._whom),

    _whom: $ => choice($.person_name, $.row_name),

    choose: $ => seq("choose", choice($.arm_name, $.row_name), "in", $.split_name, optional($.for_person), $._newline),

    answers: $ => seq("webhook", $.webhook_name, "answers", optional($.for_person), optional($.arguments), $._newline),

    fails: $ => seq("webhook", $.webhook_name, "fails", optional($.for_person), optional(seq("because", $._row_text)), $._newline),

    times_out: $ => seq("webhook", $.webhook_name, "times", "out", optional($.for_person), $._newline),

    reacts: $ => choice($.message_fails, $.message_bounces, $.message_is),

    ago: $ => seq($.duration, "ago", $._newline, $._indent, repeat1($.occurs), $._dedent),

    at_moment: $ => seq("at", $._row_moment, optional($.in_zone), $._newline, optional(seq($._indent, repeat1($.occurs), $._dedent))),

    after_time: $ => seq("after", $._row_duration, $._newline, optional(seq($._indent, repeat1($.occurs), $._dedent))),

    in_zone: $ => seq("in", $.text),

    _row_moment: $ => choice($.moment, $.row_value),

    _row_duration: $ => choice($.duration, $.row_value),

    _row_text: $ => choice($.text, $.row_value),

    row_value: $ => $._dotted,

    row_name: $ => $._dotted,

    occurs: $ => choice(seq($.event_name, optional($.by_person), optional(seq($.arguments, optional($.by_person))), $._newline), $.change_occurs),

    _expect: $ => choice($.expect_nothing, $.expect_called, $.expect_not_called, $.expect_emitted, $.expect_not_emitted, $.expect_offered, $.expect_not_offered, $.expect_sent, $.expect_not_sent, $.expect_ended, $.expect_not_ended, $.expect_started, $.expect_not_started, $.expect_converted, $.expect_not_converted, $.expect_waiting, $.expect_not_waiting, $.expect_true),

    _sent_detail: $ => choice($.sent_by, $.sent_at, $._parts_detail, $.because, $.to_person),

    _called_detail: $ => choice($._parts_detail, $.for_person),

    _parts_detail: $ => choice($.how_often, $.sent_with),

    _emitted_detail: $ => choice($.how_often, $._not_emitted_detail),

    _not_emitted_detail: $ => choice($.for_person, $.emitted_with),

    _ended_detail: $ => choice($.because, $.for_person),

    _started_detail: $ => choice($.how_often, $.for_person),

    how_often: $ => seq(choice($.number, $.row_value), choice("times", "time")),

    because: $ => seq("because", $._row_text),

    part_check: $ => choice($.part_containing, $.part_not_containing, $.part_is, $.part_is_not),

    either: $ => seq($._both, repeat1(seq("or", $._both))),

    all: $ => seq($._negation, repeat1(seq("and", $._negation))),

    negation: $ => seq("not", $._negation),

    compare: $ => seq($._value, $.compare_token, $._value),

    equal: $ => seq($._value, "is", $._value),

    not_equal: $ => seq($._value, $.is_not, $._value),

    missing: $ => choice(seq($._value, "is", "missing"), seq($._value, $.is_not, "known")),

    known: $ => choice(seq($._value, "is", "known"), seq($._value, $.is_not, "missing")),

    is_day: $ => seq($._value, "is", "a", $.day_kind, optional($.in_country)),

    is_not_day: $ => seq($._value, $.is_not, "a", $.day_kind, optional($.in_country)),

    in_options: $ => seq($._value, "in", $.options),

    not_in_options: $ => seq($._value, $.not_in, $.options),

    between: $ => seq($._value, "between", $._value, "and", $._value),

    not_between: $ => seq($._value, $.not_between_word, $._value, "and", $._value),

    contains: $ => seq($._value, "contains", $._value),

    starts_with: $ => seq($._value, "starts", "with", $._value),

    ends_with: $ => seq($._value, "ends", "with", $._value),

    matches: $ => seq($._value, "matches", $._value),

    within_distance: $ => seq($._value, $.within_words, $.distance_token, "of", $._value),

    in_audience: $ => seq("in", $.audience_name),

    not_in_audience: $ => seq($.not_in, $.audience_name),

    quantified: $ => seq($.quantifier, "of", $.path, $.where),

    has: $ => seq("has", $.event_name, repeat($._history)),

    has_no: $ => seq("no", $.event_name, repeat($._history)),

    sequence: $ => seq("has", $.event_name, repeat($._history), "then", $.event_name, repeat($._sequel)),

    sequence_without: $ => seq("has", $.event_name, repeat($._history), "then", "no", $.event_name, repeat($._sequel)),

    holiday: $ => "holiday",

    sequel_within: $ => seq("within", $.duration_token),

    at_least: $ => seq($.at_least_words, $.number_token, choice("times", "time")),

    at_most: $ => seq($.at_most_words, $.number_token, choice("times", "time")),

    exactly: $ => seq("exactly", $.number_token, choice("times", "time")),

    window_last: $ => seq($.in_last, $.duration_token),

    window_since: $ => seq("since", $._instant),

    window_between: $ => seq($.window_between_word, $._instant, "and", $._instant),

    plus: $ => seq($._value, "+", $._product),

    minus: $ => seq($._value, "-", $._product),

    times: $ => seq($._product, $.times_or_over_token, $._factor),

    negative: $ => seq("-", $._factor),

    list: $ => seq("[", optional(seq($._value, repeat(seq(",", $._value)))), "]"),

    group: $ => seq("(", $.argument, repeat(seq($.argument_comma, $.argument)), ")"),

    true: $ => choice("true", "yes"),

    false: $ => choice("false", "no"),

    count: $ => seq("count", "of", $.event_name, repeat($._aggregated)),

    distinct: $ => seq("distinct", "count", "of", $.event_path, repeat($._aggregated)),

    summary_of: $ => seq($.summary, optional("of"), $.event_path, repeat($._aggregated)),

    most_common: $ => seq("most", "common", $.event_path, repeat($._aggregated)),

    last_n: $ => seq("last", $.number_token, $.event_path, repeat($._aggregated)),

    time_of_first: $ => seq("time", "of", "first", $.event_name, repeat($._aggregated)),

    time_of_last: $ => seq("time", "of", "last", $.event_name, repeat($._aggregated)),

    use_module: $ => seq("use", $.module_name, $._newline),

    use_folder: $ => seq("use", $.text_token, $._newline),

    one_per_person: $ => seq($.field_name, "one", "per", "person", $._newline),

    many_per_person: $ => seq($.field_name, "many", "per", "person", $._newline),

    required: $ => "required",

    private: $ => "private",

    identifies: $ => "identity",

    default: $ => seq("=", $._value),

    plain_type: $ => $.type_name,

    list_type: $ => seq("list", "of", $.type),

    one_of_type: $ => seq("one", "of", $._option_names),

    ref_type: $ => seq("ref", $.catalog_name),

    static_audience: $ => seq("audience", $.audience_name, "from", $.format_name, $.text, $._newline),

    topic_opt_in: $ => seq("topic", $.topic_name, "opt", "in", $._newline),

    topic_opt_out: $ => seq("topic", $.topic_name, "opt", "out", $._newline),

    topic_always: $ => seq("topic", $.topic_name, "always", $._newline),

    limit_per: $ => seq("limit", $.limited_name, "to", $.number_token, choice("message", "messages"), "per", $.duration, $._newline),

    limit_calendar: $ => seq("limit", $.limited_name, "to", $.number_token, choice("message", "messages"), "per", "calendar", $.calendar_name, $._newline),

    ranking_together: $ => seq("bought", "together", "with", $.path, optional(seq("in", $.event_name)), optional($.window)),

    ranking_most: $ => seq("most", $.event_name, optional($.window)),

    ranking_plain: $ => seq($.ranking_name, optional($.event_name), optional($.window)),

    start_entering: $ => seq("start", "when", "entering", $.audience_name, $._newline),

    start_leaving: $ => seq("start", "when", "leaving", $.audience_name, $._newline),

    start_every: $ => seq("start", "every", $.day_name, optional(seq("at", $.clock)), $.for_audience, $._newline),

    start_at: $ => seq("start", "at", $.moment, $.for_audience, $._newline),

    start_once: $ => seq("start", "once", "on", $._value, optional(seq("at", $.clock)), $._newline),

    again_never: $ => seq("again", "never", $._newline),

    again_always: $ => seq("again", "always", $._newline),

    again_after: $ => seq("again", "after", $.duration, $._newline),

    existing_ignored: $ => seq("existing", "members", "ignored", $._newline),

    existing_enter: $ => seq("existing", "members", "enter", optional(seq("over", $.duration)), $._newline),

    wait_working: $ => seq("wait", $.number, "working", choice("day", "days"), optional($.in_country), $._newline),

    wait_for_first: $ => seq("wait", "for", "first", "of", optional($.up_to), $._newline, $._indent, repeat1($.race), optional($.timed_out), $._dedent),

    if_failed: $ => seq("if", "failed", $._newline, optional($.block), optional($.else)),

    message_fails: $ => seq("message", $.message_name, "fails", optional($.for_person), optional(seq("because", $._row_text)), $._newline),

    message_bounces: $ => seq("message", $.message_name, "bounces", optional($.for_person), optional(seq("because", $._row_text)), $._newline),

    message_is: $ => seq("message", $.message_name, "is", $.reaction_name, optional($.by_person), optional(seq("after", $._row_duration)), $._newline),

    change_occurs: $ => seq("change", "of", $.path, optional($.arguments), $._newline),

    expect_nothing: $ => seq("expect", "nothing", "sent", optional($.to_person), $._newline),

    expect_called: $ => seq("expect", "called", $.webhook_name, repeat($._called_detail), $._newline),

    expect_not_called: $ => seq("expect", "not", "called", $.webhook_name, repeat($._called_detail), $._newline),

    expect_emitted: $ => seq("expect", "emitted", $.event_name, repeat($._emitted_detail), $._newline),

    expect_not_emitted: $ => seq("expect", "not", "emitted", $.event_name, repeat($._not_emitted_detail), $._newline),

    expect_offered: $ => seq("expect", "offered", $.offer_name, optional($.to_person), $._newline),

    expect_not_offered: $ => seq("expect", "not", "offered", $.offer_name, optional($.to_person), $._newline),

    expect_sent: $ => seq("expect", "sent", $.message_name, repeat($._sent_detail), $._newline),

    expect_not_sent: $ => seq("expect", "not", "sent", $.message_name, repeat($._sent_detail), $._newline),

    expect_ended: $ => seq("expect", $.journey_name, "ended", repeat($._ended_detail), $._newline),

    expect_not_ended: $ => seq("expect", $.journey_name, "not", "ended", optional($.for_person), $._newline),

    expect_started: $ => seq("expect", $.journey_name, "started", repeat($._started_detail), $._newline),

    expect_not_started: $ => seq("expect", $.journey_name, "not", "started", optional($.for_person), $._newline),

    expect_converted: $ => seq("expect", $.journey_name, "converted", optional($.for_person), $._newline),

    expect_not_converted: $ => seq("expect", $.journey_name, "not", "converted", optional($.for_person), $._newline),

    expect_waiting: $ => seq("expect", "waiting", "at", $.text, "in", $.journey_name, optional($.for_person), $._newline),

    expect_not_waiting: $ => seq("expect", "not", "waiting", "at", $.text, "in", $.journey_name, optional($.for_person), $._newline),

    expect_true: $ => seq("expect", $._condition, optional($.for_person), $._newline),

    sent_by: $ => seq("by", choice($.channel_name, $.row_name)),

    sent_at: $ => seq("at", $._row_moment, optional($.in_zone)),

    sent_with: $ => seq("with", $.part_check, repeat(seq(choice("and", ","), $.part_check))),

    emitted_with: $ => seq("with", $.arguments),

    part_containing: $ => seq($.part_name, "containing", $._row_text),

    part_not_containing: $ => seq($.part_name, "not", "containing", $._row_text),

    part_is: $ => seq($.part_name, "is", $._row_text),

    part_is_not: $ => seq($.part_name, $.is_not, $._row_text),

    own_where: $ => seq("where", $._condition, $._end_own_where),

    race_awaited: $ => seq($.event_name, optional($.of_message), optional($.where), optional($.as_name)),

    _name: $ => /[A-Za-z_]\w*/,
    _dotted: $ => /[A-Za-z_]\w*(\.[A-Za-z_]\w*|\[\d+\])+/,
    moment_token: $ => /\d{4}-\d\d-\d\d( +|T)\d\d?:\d\d(:\d\d)?/,
    date_token: $ => /\d{4}-\d\d-\d\d/,
    clock_token: $ => /\d\d?:\d\d(:\d\d)?/,
    percent_token: $ => /\d+(_\d{3})*(\.\d+)? *%/,
    duration_token: $ => /\d+(_\d{3})*(\.\d+)? *(second|minute|hour|day|week|month|year)s?( +\d+(_\d{3})*(\.\d+)? *(second|minute|hour|day|week|month|year)s?)*/,
    distance_token: $ => /\d+(_\d{3})*(\.\d+)? *(km|m|miles?)/,
    money_token: $ => /\d+(_\d{3})*(\.\d+)? *[A-Z]{3}/,
    number_token: $ => /\d+(_\d{3})*(\.\d+)?/,
    compare_token: $ => /<=|>=|<|>/,
    times_or_over_token: $ => /[*\/]/,

    text_token: $ => choice($._text_short, $._text_long),

    _text_short: $ => /"([^"\\\n]|\\.)*"/,

    comment: $ => token(/#[^\n]*/),
  },
});
