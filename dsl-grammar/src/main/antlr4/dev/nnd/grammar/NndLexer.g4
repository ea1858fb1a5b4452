/** The words of the nnd language. Every text lexes: what is no word of the language gets a token of its own kind. */
lexer grammar NndLexer;

channels { DOCS, COMMENTS, STRAY }

// Words that end or begin parts of an expression: not names, except as argument and member names.
TRUE      : 'true' ;
FALSE     : 'false' ;
NONE      : 'none' ;
AND       : 'and' ;
OR        : 'or' ;
NOT       : 'not' ;
IF        : 'if' ;
THEN      : 'then' ;
ELSE      : 'else' ;
REARRANGE : 'rearrange' ;
EINSUM    : 'einsum' ;

// Soft keywords: names wherever a name is expected.
PACKAGE    : 'package' ;
IMPORT     : 'import' ;
BLOCK      : 'block' ;
MODEL      : 'model' ;
FN         : 'fn' ;
DATA       : 'data' ;
TRAIN      : 'train' ;
TUNE       : 'tune' ;
INPUT      : 'input' ;
OUTPUT     : 'output' ;
LET        : 'let' ;
VAR        : 'var' ;
LAYER      : 'layer' ;
PARAM      : 'param' ;
BUFFER     : 'buffer' ;
FOR        : 'for' ;
IN         : 'in' ;
REQUIRE    : 'require' ;
AS         : 'as' ;
CLASS      : 'class' ;
FROM       : 'from' ;
SOURCE     : 'source' ;
SPLIT      : 'split' ;
INTO       : 'into' ;
ORDER      : 'order' ;
STRATIFIED : 'stratified' ;
GROUPED    : 'grouped' ;
BY         : 'by' ;
FIELD      : 'field' ;
AUGMENT    : 'augment' ;
ON_ERROR   : 'on_error' ;
MINIMIZE   : 'minimize' ;
MAXIMIZE   : 'maximize' ;
OVER       : 'over' ;
USING      : 'using' ;
METRIC     : 'metric' ;
FREEZE     : 'freeze' ;
ADAPT      : 'adapt' ;
FROZEN     : 'frozen' ;
MAPPING    : 'mapping' ;
KEEP       : 'keep' ;
BEST       : 'best' ;
HIGHEST    : 'highest' ;
LOWEST     : 'lowest' ;
STOP       : 'stop' ;
EARLY      : 'early' ;
ON         : 'on' ;
PATIENCE   : 'patience' ;
CHECKPOINT : 'checkpoint' ;
EVERY      : 'every' ;
VALIDATE   : 'validate' ;
EPOCH      : 'epoch' ;
EPOCHS     : 'epochs' ;
STEP       : 'step' ;
STEPS      : 'steps' ;
BATCH      : 'batch' ;
SEED       : 'seed' ;
PRECISION  : 'precision' ;
ACCUMULATE : 'accumulate' ;
CLIP_NORM  : 'clip_norm' ;
EMA        : 'ema' ;
SEARCH     : 'search' ;
TRIALS     : 'trials' ;
STRATEGY   : 'strategy' ;

ID : [A-Za-z_] [A-Za-z0-9_]* ;

// `0..depth` is INT RANGE ID: a float needs a digit after its point.
INT     : DIGITS ;
FLOAT   : DIGITS '.' DIGITS EXPONENT? | DIGITS EXPONENT ;
// Adjacent on purpose: `90%` is a percentage, `D % heads` and `10 % 3` are remainders.
PERCENTAGE : ( INT | FLOAT ) '%' ;

STRING : '"' ( '\\' ~[\r\n] | ~["\\\r\n] )* '"' ;

ELLIPSIS : '...' ;
RANGE    : '..' ;
DOT      : '.' ;
ARROW    : '->' ;
POWER    : '**' ;
STAR     : '*' ;
SLASH    : '/' ;
REMAINDER : '%' ;
PLUS     : '+' ;
MINUS    : '-' ;
EQUAL    : '==' ;
NOT_EQUAL : '!=' ;
LESS_EQUAL : '<=' ;
GREATER_EQUAL : '>=' ;
LESS     : '<' ;
GREATER  : '>' ;
ASSIGN   : '=' ;
COMMA    : ',' ;
COLON    : ':' ;
LPAREN   : '(' ;
RPAREN   : ')' ;
LBRACK   : '[' ;
RBRACK   : ']' ;
LBRACE   : '{' ;
RBRACE   : '}' ;

DOC     : '///' ~[\r\n]* -> channel(DOCS) ;
COMMENT : '//' ~[\r\n]* -> channel(COMMENTS) ;
SPACE   : [ \t\r\n\f]+ -> skip ;

// What people write by habit from other languages, or paste from a web page. `TokenRepair` names each with its fix.
BLOCK_COMMENT       : '/*' .*? ( '*/' | EOF ) -> channel(STRAY) ;
HASH_COMMENT        : '#' ~[\r\n]* -> channel(STRAY) ;
UNTERMINATED_STRING : '"' ( '\\' ~[\r\n] | ~["\\\r\n] )* '\\'? ;
SINGLE_QUOTED       : '\'' ( '\\' ~[\r\n] | ~['\\\r\n] )* '\'' ;
CURLY_QUOTED        : [\u2018-\u201F\u2039\u203A\u00AB\u00BB] ~[\r\n"\u2018-\u201F\u2039\u203A\u00AB\u00BB]* [\u2018-\u201F\u2039\u203A\u00AB\u00BB"] ;
DOUBLE_AND          : '&&' ;
DOUBLE_OR           : '||' ;
BANG                : '!' ;
FAT_ARROW           : '=>' ;
PIPE_FORWARD        : '|>' ;
COLON_ASSIGN        : ':=' ;
CARET               : '^' ;
SEMICOLON           : ';' -> channel(STRAY) ;
FOREIGN_WORD        : [\p{L}_] [\p{L}\p{M}\p{N}_]* ;
STRAY_CHARACTER     : . -> channel(STRAY) ;

fragment DIGITS   : [0-9]+ ( '_' [0-9]+ )* ;
fragment EXPONENT : [eE] [+-]? [0-9]+ ;
