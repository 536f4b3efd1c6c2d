/** Finds what a source file refers to: imported modules, included headers, globals. Knows no rule. */
import { parseSync } from 'oxc-parser'

/** @returns {{ imports: { specifier: string, at: number }[], globals: { name: string, at: number }[] }} */
export function referencesOf(path, text) {
  return /\.(c|h|cc)$/.test(path) ? ofC(text) : ofScript(path, text)
}

function ofC(text) {
  const imports = [...text.matchAll(/^[ \t]*#[ \t]*include[ \t]+["<]([^">]+)[">]/gm)]
  return { imports: imports.map((match) => ({ specifier: match[1], at: match.index })), globals: [] }
}

function ofScript(path, text) {
  const { program, errors } = parseSync(path, text)
  if (errors.length > 0) throw new Error(`${path}: ${errors[0].message}`)
  const found = { imports: [], globals: [] }
  visit(program, null, '', (node, parent, key) => {
    const specifier = specifierOf(node)
    if (specifier !== null) found.imports.push({ specifier, at: node.start })
    if (node.type === 'Identifier' && standsForItself(parent, key))
      found.globals.push({ name: node.name, at: node.start })
  })
  return found
}

function visit(node, parent, key, see) {
  if (Array.isArray(node)) {
    for (const one of node) visit(one, parent, key, see)
    return
  }
  if (node === null || typeof node !== 'object' || typeof node.type !== 'string') return
  see(node, parent, key)
  for (const [name, child] of Object.entries(node)) visit(child, node, name, see)
}

/** The module that this node brings in, or null. A worker's `new URL('./x.ts', import.meta.url)` counts as one. */
function specifierOf(node) {
  if (node.type === 'NewExpression' && node.callee.name === 'URL' && isImportMetaUrl(node.arguments[1])) {
    return relativeText(node.arguments[0])
  }
  if (node.type === 'CallExpression' && node.callee.name === 'require') return literalText(node.arguments[0])
  return 'source' in node ? literalText(node.source) : null
}

function literalText(node) {
  return node?.type === 'Literal' && typeof node.value === 'string' ? node.value : null
}

function relativeText(node) {
  const text = literalText(node)
  return text !== null && /^\.{1,2}\/.*\.[cm]?[jt]sx?$/.test(text) ? text : null
}

function isImportMetaUrl(node) {
  return node?.type === 'MemberExpression' && node.object.type === 'MetaProperty'
}

/** Not the name of a property, of a method or of a member. */
function standsForItself(parent, key) {
  if (parent?.type === 'MemberExpression') return key !== 'property' || parent.computed
  if (key === 'key') return parent.computed === true || parent.shorthand === true
  return true
}
