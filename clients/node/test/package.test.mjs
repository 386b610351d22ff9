// What is published, and that it is one thing however it is imported (trap 20).
import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { readFileSync, readdirSync } from 'node:fs'
import { createRequire } from 'node:module'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'

const ROOT = fileURLToPath(new URL('..', import.meta.url))
const require = createRequire(import.meta.url)
const manifest = require('mvp-auth/package.json')
const ENTRIES = ['mvp-auth', 'mvp-auth/express', 'mvp-auth/fastify', 'mvp-auth/testing']

function filesBelow(directory) {
  return readdirSync(ROOT + directory, { withFileTypes: true }).flatMap((entry) => {
    const path = directory === '' ? entry.name : `${directory}/${entry.name}`
    return entry.isDirectory() ? filesBelow(path) : [path]
  })
}

test('import and require give the same classes', async () => {
  for (const name of ENTRIES) {
    const required = require(name)
    const { default: whole, ...imported } = await import(name)
    for (const member of Object.keys(required)) assert.equal(imported[member], required[member], `${name}: ${member}`)
    if (whole !== undefined) assert.equal(whole, required)
  }
})

test('an error of another copy of the package is known', () => {
  const { TokenExpiredError, TokenError, MvpAuthError, TokenInvalidError } = require('mvp-auth')
  for (const path of Object.keys(require.cache).filter((path) => path.startsWith(ROOT))) delete require.cache[path]
  const other = require('mvp-auth')
  assert.notEqual(other.TokenExpiredError, TokenExpiredError)
  const error = new other.TokenExpiredError()
  assert.ok(error instanceof TokenExpiredError && error instanceof TokenError && error instanceof MvpAuthError)
  assert.ok(!(error instanceof TokenInvalidError) && !(new Error() instanceof MvpAuthError) && !(null instanceof MvpAuthError))
  class OwnError extends MvpAuthError {}
  assert.ok(!(error instanceof OwnError) && new OwnError() instanceof MvpAuthError && new OwnError() instanceof OwnError)
})

/** What would be published, by npm or, without it, by the manifest's patterns. */
async function packedFiles() {
  try {
    const { stdout } = await promisify(execFile)('npm', ['pack', '--dry-run', '--json', '--offline'], { cwd: ROOT })
    return JSON.parse(stdout)[0].files.map((file) => file.path)
  } catch (error) {
    if (error.code !== 'ENOENT') throw error
    const patterns = manifest.files.map((pattern) => new RegExp(`^${pattern.replaceAll('.', '\\.').replaceAll('*', '[^/]*')}(/|$)`))
    return filesBelow('').filter((path) => ['README.md', 'package.json'].includes(path) || patterns.some((each) => each.test(path)))
  }
}

test('trap 20: the package holds what it needs and nothing else', async () => {
  const packed = (await packedFiles()).sort()
  const expected = [
    'README.md', 'package.json', ...filesBelow('lib'),
    ...['index', 'express', 'fastify', 'testing'].flatMap((name) => [`${name}.d.ts`, `${name}.d.mts`, `${name}.mjs`]),
  ].sort()
  assert.deepEqual(packed, expected)
})

test('every way into the package is there', () => {
  assert.deepEqual(manifest.dependencies, undefined)
  const targets = (value) => (typeof value === 'string' ? [value] : Object.values(value).flatMap(targets))
  for (const target of targets(manifest.exports)) readFileSync(ROOT + target)
  assert.throws(() => require('mvp-auth/lib/index.cjs'), { code: 'ERR_PACKAGE_PATH_NOT_EXPORTED' })
  assert.equal(require('mvp-auth').version, manifest.version)
})

test('what is declared is exported, and the other way round', () => {
  const declared = (file) => [...readFileSync(`${ROOT}${file}`, 'utf8').matchAll(/^export (?:declare )?(?:class|const|function) (\w+)/gm)].map((match) => match[1])
  const names = ['index.d.ts', 'lib/errors.d.ts', 'lib/emails.d.ts'].flatMap(declared)
  assert.deepEqual([...new Set(names)].sort(), Object.keys(require('mvp-auth')).sort())
  for (const name of ['express', 'testing']) {
    assert.deepEqual(declared(`${name}.d.ts`).sort(), Object.keys(require(`mvp-auth/${name}`)).sort())
  }
})

test('files are small, and look no further than Node', () => {
  for (const path of filesBelow('lib')) {
    const text = readFileSync(ROOT + path, 'utf8')
    if (!path.includes('generated')) assert.ok(text.split('\n').length <= 250, path)
    for (const [, name] of text.matchAll(/require\('([^']+)'\)/g)) assert.match(name, /^(node:|\.)/, path)
  }
})
