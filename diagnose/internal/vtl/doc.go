// Package vtl renders API Gateway mapping templates: Apache Velocity 1.7 with
// API Gateway's corrections and its variables $input, $util, $context and
// $stageVariables. It tells where every byte of the result comes from.
//
// # What is Velocity's
//
// The language follows Velocity 1.7, checked against that engine by some twenty
// thousand generated templates. Its less known habits are kept because they
// decide what AWS sends:
//
//   - #set, #if(...), #else, #end, #foreach(...) swallow the rest of a line that
//     is blank, line end included; only #set swallows blanks before it, and only
//     those that no text precedes on the line (T146).
//   - ## swallows its line end (T147), but directly behind a property, as in
//     $context.requestId##, it is no comment and stays in the text.
//   - A condition that is a literal or a calculation is false; a reference is
//     true unless it is null or false, so an empty string is true.
//   - `5 -3`, `$x.size()-1` in an expression, `( )` and `[ ]` with a blank, and
//     `${x y}` are syntax errors; $x-1 is the variable "x-1".
//   - #set of null keeps the old value. Text plus null adds the source text.
//   - A lone $ or # at the end of a template is a syntax error; before a
//     directive it is lost.
//   - Arguments of macros are evaluated whenever they are used; a macro that
//     runs twenty levels deep fails.
//
// # What is API Gateway's
//
// The template's text is trimmed before rendering (T145). References to nothing
// print nothing (T130), null equals the empty string (T131), and null has every
// property, null again (T132). JSON objects print as {a=b}, arrays as JSON
// (T135). #foreach stops after 1000 iterations.
//
// # Java's methods
//
// Values have the methods of their Java classes, static ones included
// (java_methods.txt). A method that is modelled gives what Java gives; any other
// that the class has ends the rendering as unknown; one that throws ends it with
// an error, as does one that takes no arguments and gets some. A method that the
// class has not is null: it prints nothing, as other references to null do (T130,
// T133), and is doubted, since Velocity prints the reference.
//
// # What differs from the engine, and why
//
//   - An index out of bounds and a method that throws end the rendering, as in
//     Velocity; whether API Gateway fails or prints nothing was never recorded.
//   - Objects whose text is an address (Java arrays, $input) and Java reflection
//     end the rendering as unknown; AWS prints something that nobody can predict.
//   - Keys of maps are texts; {1:"a"} is found under "1" too.
//   - A backslash between $ and !, and a backslash before # behind a lone sign,
//     are plain text. A macro whose arguments are not references does not compile.
//   - keySet(), values() and entrySet() are copies. Regular expressions run on
//     Go's engine; what it cannot express (look-around, back references) is
//     unknown.
//   - Where brackets, braces or ## stand behind references without a text
//     between, and the lexer may take them for parts of a reference, the rendering
//     is unknown.
//   - The texts of #literal are unknown when they hold comments or escapes.
//
// A directive that is written so that Velocity reads it as text (#elseX, #else if)
// is listed by Template.Problems (T173).
//
// # JSONPath
//
// Paths follow Jayway's rules, which API Gateway's behaviour points to: a path
// of names and indexes gives its value or nothing, any other path a list, empty
// if need be; several names in one bracket give an object; a filter on an object
// tests that object. Paths of names and indexes are read here, others by ojg;
// filters are evaluated by ojg. Functions other than length() and size(), slices
// with a step and filters that mention $ are unknown. Members keep their order
// and numbers their text in $input.json. The lenient syntax that AWS's parser
// may accept (single quotes, bare names) is not JSON here.
//
// # Provenance
//
// Every string carries the history of its bytes: who wrote them and how often
// they were encoded. Numbers and booleans of client JSON count as client data;
// lengths, sizes, positions and comparisons do not.
package vtl
