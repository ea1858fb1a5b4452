/**
 * The syntax of the nnd language. Statements begin with a keyword or with `name =`, so nothing separates them.
 * Documentation tokens are on a channel of their own and belong to the declaration or statement that follows them.
 */
parser grammar NndParser;

options { tokenVocab = NndLexer; }

file : packageDeclaration? importDeclaration* declaration* EOF ;

packageDeclaration : PACKAGE qualifiedName ;
importDeclaration  : IMPORT qualifiedName ;
qualifiedName      : name ( DOT word )* ;

declaration
    : blockDeclaration
    | functionDeclaration
    | dataDeclaration
    | trainDeclaration
    | tuneDeclaration
    ;

blockDeclaration    : CHECKPOINT? ( BLOCK | MODEL ) name parameters? body ;
functionDeclaration : FN name parameters ( ARROW result )? ( ASSIGN expression | body ) ;
dataDeclaration     : DATA name ( FROM parent=name )? dataBody ;
trainDeclaration    : TRAIN name parameters? trainBody ;
tuneDeclaration     : TUNE name tuneBody ;

parameters : LPAREN ( parameter ( COMMA parameter )* COMMA? )? RPAREN ;
parameter  : name COLON type ( ASSIGN expression )? ;

// Blocks, models, functions

body : LBRACE statement* RBRACE ;

statement
    : INPUT name COLON type ( ASSIGN expression )?         # inputStatement
    | OUTPUT ( name ( COLON type )? ASSIGN )? expression   # outputStatement
    | LET name ( COLON type )? ASSIGN expression           # letStatement
    | LET names ASSIGN expression                          # unpackStatement
    | VAR name ASSIGN expression                           # varStatement
    | LAYER name ASSIGN expression                         # layerStatement
    | ( PARAM | BUFFER ) name COLON type ( ASSIGN expression )?  # paramStatement
    | FOR name IN expression body                          # forStatement
    | IF branch ( ELSE IF branch )* ( ELSE body )?         # ifStatement
    | REQUIRE expression ( COMMA expression )?             # requireStatement
    | name ASSIGN expression                               # assignStatement
    ;

branch : expression body ;
names  : LPAREN name ( COMMA name )* COMMA? RPAREN ;

// Data

dataBody : LBRACE dataItem* RBRACE ;

dataItem
    : SOURCE name ASSIGN expression                              # sourceItem
    | SPLIT name INTO ( INT name | splitPart ( COMMA splitPart )* ) splitOption*  # splitItem
    | FIELD name COLON type ASSIGN expression                    # fieldItem
    | AUGMENT expression                                         # augmentItem
    | ON_ERROR COLON? expression                                 # onErrorItem
    ;

// A share without a percent sign is read, so that the checker can say what was meant.
splitPart : name PERCENTAGE | plainName ( INT | FLOAT ) ;
plainName : ID | TRAIN ;

splitOption
    : COMMA? IN ORDER           # inOrderOption
    | COMMA? STRATIFIED BY name # stratifiedOption
    | COMMA? GROUPED BY name    # groupedOption
    | COMMA? SEED expression    # seedOption
    ;

// Training

trainBody : LBRACE trainItem* RBRACE ;

trainItem
    : MODEL name ASSIGN expression ( FROM from=expression )? mapping? FROZEN?  # modelItem
    | DATA name                                                    # dataUseItem
    | LET name ASSIGN expression                                   # letItem
    | LET names ASSIGN expression                                  # unpackItem
    | MINIMIZE expression ( OVER expressions )? USING optimizer=expression  # minimizeItem
    | METRIC expressions                                           # metricItem
    | FREEZE expressions                                           # freezeItem
    | ADAPT expressions USING adapter=expression                   # adaptItem
    | KEEP BEST INT? BY direction? expression                      # keepItem
    | STOP EARLY ON direction? expression ( PATIENCE patience=expression )?   # stopItem
    | CHECKPOINT EVERY expression ( KEEP INT )?                    # checkpointItem
    | VALIDATE EVERY expression                                    # validateItem
    | trainSetting expression                                      # trainSettingItem
    ;

direction    : HIGHEST | LOWEST ;
mapping      : MAPPING LBRACE ( mappingEntry COMMA? )* RBRACE ;
mappingEntry : STRING ARROW STRING ;
trainSetting : EPOCHS | STEPS | BATCH | SEED | PRECISION | ACCUMULATE | CLIP_NORM | EMA ;

// Search

tuneBody : LBRACE tuneItem* RBRACE ;

tuneItem
    : TRAIN name                          # trainUseItem
    | SEARCH name IN expression           # searchItem
    | ( MAXIMIZE | MINIMIZE ) expression  # objectiveItem
    | tuneSetting expression              # tuneSettingItem
    ;

tuneSetting : TRIALS | STRATEGY | SEED ;

// Types

type
    : CLASS LBRACK expression ( COMMA expression )* COMMA? RBRACK  # classesType
    | typeName ( LBRACK dim ( COMMA dim )* COMMA? RBRACK )?        # tensorType
    | LBRACK type RBRACK                                           # listType
    | FN LPAREN ( type ( COMMA type )* COMMA? )? RPAREN ( ARROW result )?  # functionType
    ;

dim : ELLIPSIS | expression ;

// What a function gives: a value, or several, each of which may have a name.
result     : type | LPAREN resultPart ( COMMA resultPart )* COMMA? RPAREN ;
resultPart : ( name COLON )? type ;

// Expressions, lowest precedence first

expressions : expression ( COMMA expression )* ;

expression
    : IF condition=expression THEN then=expression ELSE otherwise=expression  # conditionalExpression
    | operand ( ARROW stage )*                                                # pipeExpression
    ;

stage : function=postfix ( AS name ( STAR repeat=postfix )? | STAR repeat=postfix ( AS name )? )? ;

operand
    : ( INT | FLOAT ) unit                                                 # durationOperand
    | postfix                                                              # postfixOperand
    | <assoc = right> operand POWER operand                                # binaryOperand
    | MINUS operand                                                        # unaryOperand
    | operand ( STAR | SLASH | REMAINDER ) operand                         # binaryOperand
    | operand ( PLUS | MINUS ) operand                                     # binaryOperand
    | operand RANGE operand                                                # binaryOperand
    | operand ( EQUAL | NOT_EQUAL | LESS | LESS_EQUAL | GREATER | GREATER_EQUAL ) operand  # binaryOperand
    | NOT operand                                                          # unaryOperand
    | operand AND operand                                                  # binaryOperand
    | operand OR operand                                                   # binaryOperand
    ;

postfix
    : postfix LPAREN ( argument ( COMMA argument )* COMMA? )? RPAREN  # callPostfix
    | postfix LBRACK indexItem ( COMMA indexItem )* COMMA? RBRACK     # indexPostfix
    | postfix DOT word                                                # memberPostfix
    | primary                                                         # primaryPostfix
    ;

argument : ( word COLON )? expression ;

indexItem
    : ELLIPSIS                                                # ellipsisIndex
    | from=expression ( COLON to=expression? ( COLON step=expression? )? )?  # fromIndex
    | COLON to=expression? ( COLON step=expression? )?        # openIndex
    ;

primary
    : ( INT | FLOAT )                                                  # numberPrimary
    | PERCENTAGE                                                       # percentPrimary
    | STRING                                                           # stringPrimary
    | TRUE                                                             # truePrimary
    | FALSE                                                            # falsePrimary
    | NONE                                                             # nonePrimary
    | name                                                             # namePrimary
    | REARRANGE LBRACK left+=axis ( COMMA left+=axis )* ARROW right+=axis ( COMMA right+=axis )* RBRACK  # rearrangePrimary
    | EINSUM LBRACK einsumOperand ( COMMA einsumOperand )* ARROW axis* RBRACK  # einsumPrimary
    | LPAREN expression ( COMMA expression )* COMMA? RPAREN            # groupPrimary
    | LBRACK ( expression ( COMMA expression )* COMMA? )? RBRACK       # listPrimary
    ;

unit : EPOCH | EPOCHS | STEP | STEPS ;

einsumOperand : axis+ ;
axis          : axisPart | LPAREN axisPart+ RPAREN ;
axisPart      : name | INT | ELLIPSIS ;

// Names. `class` starts a type of its own, so it is left out of the names of types.

name     : typeName | CLASS | FN ;
word     : name | TRUE | FALSE | NONE | AND | OR | NOT | IF | THEN | ELSE | REARRANGE | EINSUM ;

typeName
    : ID
    | PACKAGE | IMPORT | BLOCK | MODEL | DATA | TRAIN | TUNE
    | INPUT | OUTPUT | LET | VAR | LAYER | PARAM | BUFFER | FOR | IN | REQUIRE | AS
    | FROM | SOURCE | SPLIT | INTO | ORDER | STRATIFIED | GROUPED | BY | FIELD | AUGMENT | ON_ERROR
    | MINIMIZE | MAXIMIZE | OVER | USING | METRIC | FREEZE | ADAPT | FROZEN | MAPPING | KEEP | BEST | HIGHEST | LOWEST | STOP | EARLY | ON
    | PATIENCE | CHECKPOINT | EVERY | VALIDATE | EPOCH | EPOCHS | STEP | STEPS | BATCH | SEED | PRECISION
    | ACCUMULATE | CLIP_NORM | EMA | SEARCH | TRIALS | STRATEGY
    ;
