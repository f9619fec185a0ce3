import { impureGroups, type ImpureGroup, type ImpureUse, objectAt, type ImpurityOf } from './impure-uses.ts'

interface Patch {
  readonly owner: object
  readonly name: string
  readonly before: PropertyDescriptor
}

/**
 * Hears what a function uses of the globals while it runs. Everything is called through to the real thing, and put
 * back as it was found when the function has returned or thrown.
 */
export class GlobalsWatch {
  readonly #globals: object
  readonly #groups: readonly ImpureGroup[]
  /** Made once for each, so that what a reducer compares stays the same. */
  readonly #watched = new WeakMap<object, object>()
  #onUse: ((use: ImpureUse) => void) | undefined

  /** @param globals `globalThis`, which this package does not look at by itself */
  constructor(globals: object) {
    this.#globals = globals
    this.#groups = impureGroups(globals)
  }

  /** Runs `run`, and calls `onUse` at each use. It must only take note: the globals are watched at that moment. */
  during<Value>(run: () => Value, onUse: (use: ImpureUse) => void): Value {
    const outer = this.#onUse
    const patches = this.#patchAll()
    this.#onUse = onUse
    try {
      return run()
    } finally {
      this.#onUse = outer
      for (const { owner, name, before } of patches.reverse()) put(owner, name, before)
    }
  }

  /** Looked up each time: a test may have put a clock of its own there. */
  #patchAll(): Patch[] {
    const patches: Patch[] = []
    for (const { path, names, impurityOf } of this.#groups) {
      const object = objectAt(this.#globals, path)
      if (object === undefined) continue
      for (const name of names) this.#patch(object, name, impurityOf, patches)
    }
    return patches
  }

  #patch(object: object, name: string, impurityOf: (name: string) => ImpurityOf, patches: Patch[]): void {
    const owner = ownerOf(object, name)
    const before = owner && Reflect.getOwnPropertyDescriptor(owner, name)
    if (before === undefined) return
    // What cannot be replaced, as on frozen globals, is left unwatched.
    if (
      put(
        owner!,
        name,
        this.#watchedProperty(before, () => impurityOf(name)),
      )
    ) {
      patches.push({ owner: owner!, name, before })
    }
  }

  /** Only what is got and called is used: a getter may give a function, and asking whether there is one is no use. */
  #watchedProperty(before: PropertyDescriptor, impurityOf: () => ImpurityOf): PropertyDescriptor {
    if (before.get === undefined) return { ...before, value: this.#watchedValue(before.value, impurityOf) }
    const watchedValue = (value: unknown): unknown => this.#watchedValue(value, impurityOf)
    return {
      ...before,
      get() {
        return watchedValue(before.get?.call(this))
      },
    }
  }

  #watchedValue(value: unknown, impurityOf: () => ImpurityOf): unknown {
    if (typeof value !== 'function') return value
    const known = this.#watched.get(value)
    if (known !== undefined) return known
    const watched = this.#proxy(value, impurityOf())
    this.#watched.set(value, watched)
    return watched
  }

  #proxy(real: Function, impurityOf: ImpurityOf): object {
    const tell = (args: readonly unknown[], isNew: boolean): void => {
      const use = this.#onUse && impurityOf(args, isNew)
      if (use !== undefined) this.#onUse?.(use)
    }
    return new Proxy(real, {
      apply(target, self, args) {
        tell(args, false)
        return Reflect.apply(target, self, args)
      },
      construct(target, args, newTarget) {
        tell(args, true)
        return Reflect.construct(target, args, newTarget) as object
      },
    })
  }
}

/** Assigning takes a tenth of the time that defining takes, and almost everything here can be assigned. */
function put(owner: object, name: string, property: PropertyDescriptor): boolean {
  if (property.writable !== true) return Reflect.defineProperty(owner, name, property)
  ;(owner as { [name: string]: unknown })[name] = property.value
  return true
}

/** Whoever has the property: `performance.now` is its prototype's. */
function ownerOf(object: object, name: string): object | undefined {
  let owner: object | null = object
  while (owner !== null && !Object.hasOwn(owner, name)) owner = Reflect.getPrototypeOf(owner)
  return owner ?? undefined
}
