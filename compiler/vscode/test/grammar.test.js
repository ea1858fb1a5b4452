// Tokenizes programs with the TextMate grammar, as the editor does, and compares the scopes with what is expected.
'use strict';

const test = require('node:test');
const assert = require('node:assert');
const fs = require('node:fs');
const path = require('node:path');
const oniguruma = require('vscode-oniguruma');
const textmate = require('vscode-textmate');

const home = path.join(__dirname, '..');
const programs = process.env.NND_PROGRAMS || path.join(home, '..', '..', 'examples', 'programs');

async function grammar() {
  const wasm = fs.readFileSync(require.resolve('vscode-oniguruma/release/onig.wasm'));
  await oniguruma.loadWASM(wasm.buffer.slice(wasm.byteOffset, wasm.byteOffset + wasm.byteLength));
  const registry = new textmate.Registry({
    onigLib: Promise.resolve({
      createOnigScanner: (sources) => new oniguruma.OnigScanner(sources),
      createOnigString: (text) => new oniguruma.OnigString(text),
    }),
    loadGrammar: async () => {
      const file = path.join(home, 'syntaxes', 'nnd.tmLanguage.json');
      return textmate.parseRawGrammar(fs.readFileSync(file, 'utf8'), file);
    },
  });
  return registry.loadGrammar('source.nnd');
}

const loaded = grammar();

/** Every token that has a scope of its own: line, text, innermost scope. */
async function tokens(text) {
  const nnd = await loaded;
  const found = [];
  let stack = textmate.INITIAL;
  text.split(/\r?\n/).forEach((line, index) => {
    const result = nnd.tokenizeLine(line, stack);
    stack = result.ruleStack;
    for (const token of result.tokens) {
      const scope = token.scopes[token.scopes.length - 1];
      const words = line.slice(token.startIndex, token.endIndex);
      if (words.trim() && scope !== 'source.nnd') {
        found.push({ line: index + 1, text: words.trim(), scope });
      }
    }
  });
  return found;
}

/** The scope of the first token with some text. */
async function scope(text, word) {
  const found = (await tokens(text)).find((t) => t.text === word);
  return found ? found.scope : 'none';
}

test('the programs have the scopes that are written down', async (t) => {
  const names = fs.readdirSync(programs).filter((n) => n.endsWith('.nnd')).sort();
  assert.strictEqual(names.length, 9);
  for (const name of names) {
    const text = fs.readFileSync(path.join(programs, name), 'utf8');
    const lines = (await tokens(text)).map((k) => `${k.line}\t${k.scope.replace(/\.nnd$/, '')}\t${k.text}`);
    const actual = lines.join('\n') + '\n';
    const expected = path.join(__dirname, 'expected', `${name}.txt`);
    if (process.env.NND_UPDATE) {
      fs.mkdirSync(path.dirname(expected), { recursive: true });
      fs.writeFileSync(expected, actual);
    }
    assert.strictEqual(actual, fs.readFileSync(expected, 'utf8'), name);
  }
});

test('every comment, string and number of the programs is one', async () => {
  for (const name of fs.readdirSync(programs).filter((n) => n.endsWith('.nnd'))) {
    const text = fs.readFileSync(path.join(programs, name), 'utf8');
    const found = await tokens(text);
    text.split(/\r?\n/).forEach((line, index) => {
      const here = found.filter((t) => t.line === index + 1);
      const code = line.replace(/"(?:\\.|[^"\\])*"/g, (s) => ' '.repeat(s.length));
      const comment = code.indexOf('//');
      assert.strictEqual(here.some((t) => t.scope.startsWith('comment.')), comment >= 0, line);
      assert.strictEqual(here.some((t) => t.scope.includes('string')), code !== line && comment < 0, line);
      const plain = comment < 0 ? code : code.slice(0, comment);
      const numbers = plain.match(/(?<!\w|[^.]\.)[0-9][0-9_]*(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?%?/g) || [];
      const coloured = here.filter((t) => t.scope === 'constant.numeric.nnd').map((t) => t.text);
      assert.deepStrictEqual(coloured, numbers, line);
    });
  }
});

test('words mean what they mean at their place', async () => {
  assert.strictEqual(await scope('model Net {', 'model'), 'storage.type.nnd');
  assert.strictEqual(await scope('model Net {', 'Net'), 'entity.name.type.nnd');
  assert.strictEqual(await scope('  model net = Net()', 'model'), 'keyword.other.statement.nnd');
  assert.strictEqual(await scope('  input x: f32[N, 4]', 'input'), 'keyword.other.statement.nnd');
  assert.strictEqual(await scope('  input x: f32[N, 4]', 'f32'), 'support.type.nnd');
  assert.strictEqual(await scope('block B(out: int) {', 'int'), 'support.type.nnd');
  assert.strictEqual(await scope('  epochs 10', 'epochs'), 'keyword.other.statement.nnd');
  assert.strictEqual(await scope('  stop early on validation.loss patience 2 epochs', 'epochs'), 'keyword.other.unit.nnd');
  assert.strictEqual(await scope('  let y = x -> relu', 'relu'), 'entity.name.function.nnd');
  assert.strictEqual(await scope('  let y = x -> Dense(10)', 'Dense'), 'entity.name.type.layer.nnd');
  assert.strictEqual(await scope('  let y = x -> Dense(10, bias: false)', 'bias'), 'variable.parameter.nnd');
  assert.strictEqual(await scope('  let y = x -> Dense(10, bias: false)', 'false'), 'constant.language.nnd');
  assert.strictEqual(await scope('  split all into train 90%, test 10% in order', 'into'), 'keyword.other.statement.nnd');
  assert.strictEqual(await scope('  let y = if a and b then c else d', 'and'), 'keyword.operator.word.nnd');
  assert.strictEqual(await scope('  let y = if a and b then c else d', 'then'), 'keyword.control.nnd');
});

test('soft keywords are names where names stand', async () => {
  assert.notStrictEqual(await scope('  let step = batch + 1', 'batch'), 'keyword.other.statement.nnd');
  assert.strictEqual(await scope('  let y = x -> Pool(on: 2)', 'on'), 'variable.parameter.nnd');
  assert.strictEqual(await scope('  output y = source(x)', 'source'), 'entity.name.function.nnd');
  assert.strictEqual(await scope('  keep best by validation.loss', 'loss'), 'variable.other.property.nnd');
});

test('strings end with their line, and show names and escapes', async () => {
  const text = 'require D > 1, "width {D} of \\"x\\""\nlet y = "open\nlet z = 1';
  assert.strictEqual(await scope(text, 'D'), 'variable.other.nnd');
  assert.strictEqual(await scope(text, '\\"'), 'constant.character.escape.nnd');
  assert.strictEqual(await scope(text, '1'), 'constant.numeric.nnd');
  assert.strictEqual((await tokens(text)).filter((t) => t.line === 3)[0].text, 'let');
});
