/** First in, first out; who asks before something is there waits for it. */
export class Queue<T> {
  #items: T[] = [];
  #waiters: PromiseWithResolvers<T>[] = [];
  #failure: Error | undefined;

  push(item: T): void {
    const waiter = this.#waiters.shift();
    if (waiter === undefined) {
      this.#items.push(item);
    } else {
      waiter.resolve(item);
    }
  }

  shift(): Promise<T> {
    const item = this.#items.shift();
    if (item !== undefined || this.#items.length > 0) {
      return Promise.resolve(item as T);
    }
    if (this.#failure !== undefined) {
      return Promise.reject(this.#failure);
    }
    const waiter = Promise.withResolvers<T>();
    this.#waiters.push(waiter);
    return waiter.promise;
  }

  fail(error: Error): void {
    this.#failure = error;
    for (const waiter of this.#waiters.splice(0)) {
      waiter.reject(error);
    }
  }

  waiting(): readonly T[] {
    return [...this.#items];
  }
}
