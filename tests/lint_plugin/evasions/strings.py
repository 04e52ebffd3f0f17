"""Ways of building a string."""

# ruff: noqa: D103 - the name of each function says what it does

from __future__ import annotations

import base64
import codecs
import json
import zlib
from urllib.parse import quote

from tests.lint_plugin.evasions.pieces import Builder, Maker, Piece, value

Q = repr


def _listed(parts: list[str]) -> str:
    return "[" + ", ".join(Q(part) for part in parts) + "]"


def literal(make: Maker, text: str) -> Piece:
    return value(Q(text))


def variable(make: Maker, text: str) -> Piece:
    name = make.name()
    return value(name, f"{name} = {Q(text)}")


def concatenation(make: Maker, text: str) -> Piece:
    return value(" + ".join(Q(part) for part in make.cut(text)))


def implicit(make: Maker, text: str) -> Piece:
    return value("(" + " ".join(Q(part) for part in make.cut(text)) + ")")


def variables(make: Maker, text: str) -> Piece:
    parts = make.cut(text)
    names = [make.name() for _ in parts]
    return value(" + ".join(names), *(f"{name} = {Q(part)}" for name, part in zip(names, parts, strict=True)))


def joined_list(make: Maker, text: str) -> Piece:
    return value(f"''.join({_listed(make.cut(text))})")


def joined_characters(make: Maker, text: str) -> Piece:
    return value(f"''.join(({', '.join(Q(one) for one in text)}))")


def joined_dots(make: Maker, text: str) -> Piece:
    return value(f"'.'.join({_listed(text.split('.'))})")


def joined_unbound(make: Maker, text: str) -> Piece:
    return value(f"str.join('', {_listed(make.cut(text))})")


def f_string(make: Maker, text: str) -> Piece:
    first, second = make.cut(text, 2)
    name = make.name()
    return value(f'f"{first}{{{name}}}"', f"{name} = {Q(second)}")


def f_string_nested(make: Maker, text: str) -> Piece:
    first, second, third = make.cut(text, 3)
    return value(f"f\"{{'{first}'}}{{'{second}'!s}}{third}\"")


def percent(make: Maker, text: str) -> Piece:
    first, second = make.cut(text, 2)
    return value(f"'%s%s' % ({Q(first)}, {Q(second)})")


def percent_named(make: Maker, text: str) -> Piece:
    first, second = make.cut(text, 2)
    return value(f"'%(a)s%(b)s' % {{'a': {Q(first)}, 'b': {Q(second)}}}")


def formatted(make: Maker, text: str) -> Piece:
    first, second = make.cut(text, 2)
    return value(f"'{{}}{{}}'.format({Q(first)}, {Q(second)})")


def formatted_order(make: Maker, text: str) -> Piece:
    first, second = make.cut(text, 2)
    return value(f"'{{1}}{{0}}'.format({Q(second)}, {Q(first)})")


def formatted_names(make: Maker, text: str) -> Piece:
    first, second = make.cut(text, 2)
    return value(f"'{{a}}{{b}}'.format(a={Q(first)}, b={Q(second)})")


def format_map(make: Maker, text: str) -> Piece:
    first, second = make.cut(text, 2)
    return value(f"'{{a}}{{b}}'.format_map({{'a': {Q(first)}, 'b': {Q(second)}}})")


def replaced(make: Maker, text: str) -> Piece:
    place = make.random.randrange(1, len(text))
    return value(f"{Q(text[:place] + '#' + text[place:])}.replace('#', '')")


def replaced_letter(make: Maker, text: str) -> Piece:
    return value(f"{Q(text.replace('e', '3'))}.replace('3', 'e')")


def reversed_slice(make: Maker, text: str) -> Piece:
    return value(f"{Q(text[::-1])}[::-1]")


def reversed_joined(make: Maker, text: str) -> Piece:
    return value(f"''.join(reversed({Q(text[::-1])}))")


def sliced(make: Maker, text: str) -> Piece:
    return value(f"{Q('xy' + text + 'zzz')}[2:-3]")


def strided(make: Maker, text: str) -> Piece:
    return value(f"{Q(''.join(one + '_' for one in text))}[::2]")


def decoded(make: Maker, text: str) -> Piece:
    return value(f"{text.encode()!r}.decode()")


def decoded_named(make: Maker, text: str) -> Piece:
    return value(f"{text.encode()!r}.decode(encoding='ascii')")


def utf16(make: Maker, text: str) -> Piece:
    return value(f"{text.encode('utf-16-le')!r}.decode('utf-16-le')")


def base64_decoded(make: Maker, text: str) -> Piece:
    return value(f"base64.b64decode({base64.b64encode(text.encode())!r}).decode()", "import base64")


def base64_function(make: Maker, text: str) -> Piece:
    name = make.name("d")
    data = base64.urlsafe_b64encode(text.encode()).decode()
    return value(f"{name}({data!r}).decode('utf-8')", f"from base64 import urlsafe_b64decode as {name}")


def base85(make: Maker, text: str) -> Piece:
    return value(f"base64.b85decode({base64.b85encode(text.encode())!r}).decode()", "import base64")


def hexadecimal(make: Maker, text: str) -> Piece:
    return value(f"bytes.fromhex({text.encode().hex()!r}).decode()")


def unhexlify(make: Maker, text: str) -> Piece:
    return value(f"binascii.unhexlify({text.encode().hex()!r}).decode()", "import binascii")


def characters(make: Maker, text: str) -> Piece:
    return value(f"''.join(chr(c) for c in {[ord(one) for one in text]})")


def mapped_characters(make: Maker, text: str) -> Piece:
    return value(f"''.join(map(chr, {[ord(one) for one in text]}))")


def shifted_characters(make: Maker, text: str) -> Piece:
    return value(f"''.join(chr(ord(c) - 1) for c in {Q(''.join(chr(ord(one) + 1) for one in text))})")


def xored(make: Maker, text: str) -> Piece:
    return value(f"bytes([b ^ 7 for b in {bytes(ord(one) ^ 7 for one in text)!r}]).decode()")


def bytes_of_numbers(make: Maker, text: str) -> Piece:
    return value(f"bytes({list(text.encode())}).decode()")


def bytearray_of_numbers(make: Maker, text: str) -> Piece:
    name = make.name()
    return value(f"{name}.decode()", f"{name} = bytearray({list(text.encode())})")


def rot13(make: Maker, text: str) -> Piece:
    return value(f"codecs.decode({codecs.encode(text, 'rot13')!r}, 'rot13')", "import codecs")


def translated(make: Maker, text: str) -> Piece:
    return value(f"{Q(text.translate(str.maketrans('oe', '01')))}.translate(str.maketrans('01', 'oe'))")


def lowered(make: Maker, text: str) -> Piece:
    return value(f"{Q(text.upper())}.lower()")


def swapped(make: Maker, text: str) -> Piece:
    return value(f"{Q(text.swapcase())}.swapcase()")


def stripped(make: Maker, text: str) -> Piece:
    return value(f"{'  ' + text + chr(9)!r}.strip()")


def without_prefix(make: Maker, text: str) -> Piece:
    return value(f"{Q('x.' + text)}.removeprefix('x.')")


def without_suffix(make: Maker, text: str) -> Piece:
    return value(f"{Q(text + '.py')}.removesuffix('.py')")


def split(make: Maker, text: str) -> Piece:
    return value(f"{Q('a,' + text + ',b')}.split(',')[1]")


def partitioned(make: Maker, text: str) -> Piece:
    return value(f"{Q('name=' + text)}.partition('=')[2]")


def unpacked_partition(make: Maker, text: str) -> Piece:
    name = make.name()
    return value(name, f"_, _, {name} = {Q('name:' + text)}.partition(':')")


def dictionary(make: Maker, text: str) -> Piece:
    name = make.name("t")
    return value(f"{name}['m']", f"{name} = {{'j': 'json', 'm': {Q(text)}}}")


def dictionary_get(make: Maker, text: str) -> Piece:
    name = make.name("t")
    return value(f"{name}.get('m')", f"{name} = dict(j='json', m={Q(text)})")


def dictionary_default(make: Maker, text: str) -> Piece:
    return value(f"{{}}.get('m', {Q(text)})")


def dictionary_filled(make: Maker, text: str) -> Piece:
    name = make.name("t")
    first, second = make.cut(text, 2)
    return value(
        f"{name}['a'] + {name}['b']", f"{name} = {{}}", f"{name}['a'] = {Q(first)}", f"{name}['b'] = {Q(second)}"
    )


def indexed(make: Maker, text: str) -> Piece:
    name = make.name("t")
    return value(f"{name}[-1]", f"{name} = ('json', {Q(text)})")


def appended(make: Maker, text: str) -> Piece:
    name = make.name("parts")
    return value(f"''.join({name})", f"{name} = []", *(f"{name}.append({Q(part)})" for part in make.cut(text)))


def extended(make: Maker, text: str) -> Piece:
    name = make.name("parts")
    first, *rest = make.cut(text)
    return value(f"''.join({name})", f"{name} = [{Q(first)}]", f"{name} += {_listed(rest)}")


def inserted(make: Maker, text: str) -> Piece:
    name = make.name("parts")
    first, second = make.cut(text, 2)
    return value(f"''.join({name})", f"{name} = [{Q(second)}]", f"{name}.insert(0, {Q(first)})")


def popped(make: Maker, text: str) -> Piece:
    name = make.name("stack")
    return value(f"{name}.pop()", f"{name} = ['json', {Q(text)}]")


def reversed_list(make: Maker, text: str) -> Piece:
    name = make.name("parts")
    return value(f"''.join({name})", f"{name} = {_listed(make.cut(text)[::-1])}", f"{name}.reverse()")


def ordered(make: Maker, text: str) -> Piece:
    parts = make.cut(text, 3)
    pairs = [(place, part) for place, part in enumerate(parts)]
    make.random.shuffle(pairs)
    return value(f"''.join(p for _, p in sorted({pairs}))")


def augmented(make: Maker, text: str) -> Piece:
    name = make.name()
    first, *rest = make.cut(text)
    return value(name, f"{name} = {Q(first)}", *(f"{name} += {Q(part)}" for part in rest))


def accumulated(make: Maker, text: str) -> Piece:
    name = make.name()
    return value(name, f"{name} = ''", f"for part in {_listed(make.cut(text))}:", f"    {name} += part")


def accumulated_while(make: Maker, text: str) -> Piece:
    name, rest = make.name(), make.name("rest")
    start = f"{name}, {rest} = '', {_listed(make.cut(text))}"
    return value(name, start, f"while {rest}:", f"    {name} += {rest}.pop(0)")


def counted(make: Maker, text: str) -> Piece:
    name, parts, index = make.name(), make.name("parts"), make.name("i")
    cut = make.cut(text)
    return value(
        name, f"{name}, {parts}, {index} = '', {_listed(cut)}, 0", f"while {index} < {len(cut)}:",
        f"    {name} += {parts}[{index}]", f"    {index} += 1",
    )  # fmt: skip


def enumerated(make: Maker, text: str) -> Piece:
    name = make.name()
    noisy = "".join(one + "*" for one in text)
    return value(
        name, f"{name} = ''", f"for i, c in enumerate({Q(noisy)}):", "    if i % 2 == 0:", f"        {name} += c"
    )


def skipped(make: Maker, text: str) -> Piece:
    name = make.name()
    noisy = "*".join(make.cut(text))
    return value(
        name, f"{name} = ''", f"for c in {Q(noisy)}:", "    if c == '*':", "        continue", f"    {name} += c"
    )


def filtered(make: Maker, text: str) -> Piece:
    noisy = "9".join(make.cut(text))
    return value(f"''.join(c for c in {Q(noisy)} if not c.isdigit())")


def filter_function(make: Maker, text: str) -> Piece:
    noisy = "-".join(make.cut(text))
    return value(f"''.join(filter(lambda c: c != '-', {Q(noisy)}))")


def interleaved(make: Maker, text: str) -> Piece:
    even, odd = text[::2], text[1::2] + ("" if len(text) % 2 == 0 else " ")
    return value(f"''.join(a + b for a, b in zip({Q(even)}, {Q(odd)})).strip()")


def returned(make: Maker, text: str) -> Piece:
    name = make.name("f")
    return value(f"{name}()", f"def {name}():", f"    return {Q(text)}")


def returned_sum(make: Maker, text: str) -> Piece:
    name = make.name("f")
    first, second = make.cut(text, 2)
    return value(f"{name}({Q(first)}, b={Q(second)})", f"def {name}(a, b='x'):", "    return a + b")


def returned_default(make: Maker, text: str) -> Piece:
    name = make.name("f")
    first, second = make.cut(text, 2)
    return value(f"{name}({Q(first)})", f"def {name}(a, *rest, b={Q(second)}):", "    return a + b")


def returned_rest(make: Maker, text: str) -> Piece:
    name = make.name("f")
    parts = make.cut(text)
    return value(f"{name}({', '.join(map(Q, parts))})", f"def {name}(*parts):", "    return ''.join(parts)")


def returned_named(make: Maker, text: str) -> Piece:
    name = make.name("f")
    first, second = make.cut(text, 2)
    return value(f"{name}(a={Q(first)}, b={Q(second)})", f"def {name}(**parts):", "    return parts['a'] + parts['b']")


def early_return(make: Maker, text: str) -> Piece:
    name = make.name("f")
    return value(f"{name}(1)", f"def {name}(n):", "    if n:", f"        return {Q(text)}", "    return 'json'")


def recursion(make: Maker, text: str) -> Piece:
    name = make.name("f")
    parts = make.cut(text)
    return value(
        f"{name}({_listed(parts)})", f"def {name}(parts):", "    if not parts:", "        return ''",
        f"    return parts[0] + {name}(parts[1:])",
    )  # fmt: skip


def lambda_(make: Maker, text: str) -> Piece:
    first, second = make.cut(text, 2)
    return value(f"(lambda x: x + {Q(second)})({Q(first)})")


def lambda_named(make: Maker, text: str) -> Piece:
    name = make.name("f")
    return value(f"{name}()", f"{name} = lambda: {Q(text)}")


def closure(make: Maker, text: str) -> Piece:
    name = make.name("f")
    first, second = make.cut(text, 2)
    return value(
        f"{name}({Q(first)})({Q(second)})", f"def {name}(a):", "    def inner(b):", "        return a + b",
        "    return inner",
    )  # fmt: skip


def nonlocal_(make: Maker, text: str) -> Piece:
    name = make.name("f")
    first, second = make.cut(text, 2)
    return value(
        f"{name}()", f"def {name}():", f"    n = {Q(first)}", "    def more():", "        nonlocal n",
        f"        n += {Q(second)}", "    more()", "    return n",
    )  # fmt: skip


def generator(make: Maker, text: str) -> Piece:
    name = make.name("g")
    return value(f"''.join({name}())", f"def {name}():", *(f"    yield {Q(part)}" for part in make.cut(text)))


def next_of_generator(make: Maker, text: str) -> Piece:
    name = make.name("g")
    return value(f"next({name}())", f"def {name}():", f"    yield {Q(text)}")


def iterator(make: Maker, text: str) -> Piece:
    name = make.name("i")
    first, second = make.cut(text, 2)
    return value(f"next({name}) + next({name})", f"{name} = iter([{Q(first)}, {Q(second)}])")


def class_attribute(make: Maker, text: str) -> Piece:
    name = make.name("C")
    return value(f"{name}.module", f"class {name}:", f"    module = {Q(text)}")


def class_sum(make: Maker, text: str) -> Piece:
    name = make.name("C")
    first, second = make.cut(text, 2)
    return value(f"{name}.c", f"class {name}:", f"    a = {Q(first)}", f"    b = {Q(second)}", "    c = a + b")


def instance_attribute(make: Maker, text: str) -> Piece:
    name = make.name("C")
    return value(f"{name}({Q(text)}).n", f"class {name}:", "    def __init__(self, n):", "        self.n = n")


def instance_default(make: Maker, text: str) -> Piece:
    name = make.name("C")
    return value(f"{name}().n", f"class {name}:", "    def __init__(self):", f"        self.n = {Q(text)}")


def property_(make: Maker, text: str) -> Piece:
    name = make.name("C")
    first, second = make.cut(text, 2)
    return value(
        f"{name}().n", f"class {name}:", f"    first = {Q(first)}", "    @property", "    def n(self):",
        f"        return self.first + {Q(second)}",
    )  # fmt: skip


def static_method(make: Maker, text: str) -> Piece:
    name = make.name("C")
    return value(f"{name}.n()", f"class {name}:", "    @staticmethod", "    def n():", f"        return {Q(text)}")


def class_method(make: Maker, text: str) -> Piece:
    name = make.name("C")
    return value(
        f"{name}.n()",
        f"class {name}:",
        f"    m = {Q(text)}",
        "    @classmethod",
        "    def n(cls):",
        "        return cls.m",
    )


def inherited(make: Maker, text: str) -> Piece:
    base, name = make.name("B"), make.name("C")
    return value(f"{name}.m", f"class {base}:", f"    m = {Q(text)}", f"class {name}({base}):", "    pass")


def enumeration(make: Maker, text: str) -> Piece:
    name = make.name("E")
    return value(f"{name}.M.value", "import enum", f"class {name}(enum.Enum):", f"    M = {Q(text)}")


def data_class(make: Maker, text: str) -> Piece:
    name = make.name("D")
    return value(
        f"{name}().m", "from dataclasses import dataclass", "@dataclass", f"class {name}:", f"    m: str = {Q(text)}"
    )


def named_tuple(make: Maker, text: str) -> Piece:
    name = make.name("N")
    return value(f"{name}(1, {Q(text)}).b", "from collections import namedtuple", f"{name} = namedtuple('N', 'a b')")


def typed_tuple(make: Maker, text: str) -> Piece:
    name = make.name("N")
    return value(f"{name}({Q(text)}).m", "from typing import NamedTuple", f"class {name}(NamedTuple):", "    m: str")


def made_type(make: Maker, text: str) -> Piece:
    return value(f"type('T', (), {{'m': {Q(text)}}}).m")


def simple_namespace(make: Maker, text: str) -> Piece:
    return value(f"types.SimpleNamespace(m={Q(text)}).m", "import types")


def conditional(make: Maker, text: str) -> Piece:
    return value(f"({Q(text)} if len('ab') == 2 else 'json')")


def undecided(make: Maker, text: str) -> Piece:
    return value(f"({Q(text)} if len(sys.argv) < 99 else 'json')", "import sys")


def branch(make: Maker, text: str) -> Piece:
    name = make.name()
    return value(name, "import os", "if os.sep:", f"    {name} = {Q(text)}", "else:", f"    {name} = 'json'")


def short_circuit(make: Maker, text: str) -> Piece:
    return value(f"('' or {Q(text)})")


def walrus(make: Maker, text: str) -> Piece:
    name = make.name()
    first, second = make.cut(text, 2)
    return value(f"(({name} := {Q(first)}) and {name} + {Q(second)})")


def swap(make: Maker, text: str) -> Piece:
    first, second = make.name("a"), make.name("b")
    return value(first, f"{first}, {second} = 'json', {Q(text)}", f"{first}, {second} = {second}, {first}")


def starred(make: Maker, text: str) -> Piece:
    name = make.name("rest")
    return value(f"''.join({name})", f"_, *{name} = ['x', {', '.join(map(Q, make.cut(text)))}]")


def chained_assignment(make: Maker, text: str) -> Piece:
    first, second = make.name("a"), make.name("b")
    return value(second, f"{first} = {second} = {Q(text)}")


def annotated(make: Maker, text: str) -> Piece:
    name = make.name()
    return value(name, f"{name}: str = {Q(text)}")


def operator_add(make: Maker, text: str) -> Piece:
    first, second = make.cut(text, 2)
    return value(f"operator.add({Q(first)}, {Q(second)})", "import operator")


def reduced(make: Maker, text: str) -> Piece:
    return value(f"functools.reduce(lambda a, b: a + b, {_listed(make.cut(text))})", "import functools")


def reduced_operator(make: Maker, text: str) -> Piece:
    return value(
        f"reduce(add, {_listed(make.cut(text))}, '')", "from functools import reduce", "from operator import add"
    )


def chained(make: Maker, text: str) -> Piece:
    first, second = make.cut(text, 2)
    return value(f"''.join(itertools.chain({Q(first)}, {Q(second)}))", "import itertools")


def raw_escape(make: Maker, text: str) -> Piece:
    return value("'" + "".join(f"\\x{ord(one):02x}" for one in text) + "'")


def unicode_escape(make: Maker, text: str) -> Piece:
    return value(f"'\\u{ord(text[0]):04x}{text[1:]}'")


def octal_escape(make: Maker, text: str) -> Piece:
    return value(f"'{text[:-1]}\\{ord(text[-1]):o}'")


def named_escape(make: Maker, text: str) -> Piece:
    return value(f"'\\N{{LATIN SMALL LETTER {text[0].upper()}}}{text[1:]}'")


def number(make: Maker, text: str) -> Piece:
    return value(f"({int.from_bytes(text.encode(), 'big')}).to_bytes({len(text)}, 'big').decode()")


def loaded_json(make: Maker, text: str) -> Piece:
    return value(f"json.loads({json.dumps(json.dumps({'m': text}))})['m']", "import json")


def literal_eval(make: Maker, text: str) -> Piece:
    return value(f"ast.literal_eval({Q(Q([text]))})[0]", "import ast")


def evaluated(make: Maker, text: str) -> Piece:
    first, second = make.cut(text, 2)
    return value(f"eval({Q(f'{first!r} + {second!r}')})")


def compressed(make: Maker, text: str) -> Piece:
    return value(f"zlib.decompress({zlib.compress(text.encode())!r}).decode()", "import zlib")


def unquoted(make: Maker, text: str) -> Piece:
    return value(f"unquote({quote(text).replace('t', '%74')!r})", "from urllib.parse import unquote")


def environment_default(make: Maker, text: str) -> Piece:
    return value(f"os.environ.get('A_NAME_THAT_NOBODY_SET', {Q(text)})", "import os")


def attribute_default(make: Maker, text: str) -> Piece:
    return value(f"getattr(object, 'a_name_that_nobody_set', {Q(text)})")


def own_doc(make: Maker, text: str) -> Piece:
    name = make.name("f")
    return value(f"{name}.__doc__", f"def {name}():", f'    """{text}"""')


def function_attribute(make: Maker, text: str) -> Piece:
    name = make.name("f")
    return value(f"{name}.m", f"def {name}():", "    pass", f"{name}.m = {Q(text)}")


def global_lookup(make: Maker, text: str) -> Piece:
    name = make.name("G")
    return value(f"globals()[{Q(name)}]", f"globals()[{Q(name)}] = {Q(text)}")


def exception_argument(make: Maker, text: str) -> Piece:
    name = make.name()
    return value(
        name, "try:", f"    raise LookupError({Q(text)})", "except LookupError as error:", f"    {name} = error.args[0]"
    )


def try_else(make: Maker, text: str) -> Piece:
    name = make.name()
    return value(
        name, "try:", "    pass", "except ValueError:", f"    {name} = 'json'", "else:", f"    {name} = {Q(text)}"
    )


def finally_(make: Maker, text: str) -> Piece:
    name = make.name()
    return value(name, "try:", f"    {name} = 'json'", "finally:", f"    {name} = {Q(text)}")


def matched(make: Maker, text: str) -> Piece:
    name = make.name()
    return value(
        name, "match 3:", "    case 1:", f"        {name} = 'json'", "    case _:", f"        {name} = {Q(text)}"
    )


def list_of_pairs(make: Maker, text: str) -> Piece:
    return value(f"dict([('m', {Q(text)})])['m']")


def comprehended(make: Maker, text: str) -> Piece:
    return value(f"{{k: v for k, v in [('m', {Q(text)})]}}['m']")


def first_of_any(make: Maker, text: str) -> Piece:
    return value(f"[m for m in ('json', {Q(text)}) if len(m) > 4][0]")


def minimum(make: Maker, text: str) -> Piece:
    return value(f"max(['a', {Q(text)}], key=len)")


def multiplied(make: Maker, text: str) -> Piece:
    return value(f"{Q(text)} * 1")


def with_formatted_object(make: Maker, text: str) -> Piece:
    name = make.name("C")
    return value(f"str({name}())", f"class {name}:", "    def __str__(self):", f"        return {Q(text)}")


def context_manager(make: Maker, text: str) -> Piece:
    name, bound = make.name("c"), make.name()
    return value(
        bound, "import contextlib", "@contextlib.contextmanager", f"def {name}():", f"    yield {Q(text)}",
        f"with {name}() as {bound}:", "    pass",
    )  # fmt: skip


def string_template(make: Maker, text: str) -> Piece:
    first, second = make.cut(text, 2)
    return value(f"Template('${{a}}${{b}}').substitute(a={Q(first)}, b={Q(second)})", "from string import Template")


def written(make: Maker, text: str) -> Piece:
    name = make.name("s")
    writes = (f"{name}.write({Q(part)})" for part in make.cut(text))
    return value(f"{name}.getvalue()", "import io", f"{name} = io.StringIO()", *writes)


def deleted_noise(make: Maker, text: str) -> Piece:
    name = make.name("parts")
    first, second = make.cut(text, 2)
    return value(f"''.join({name})", f"{name} = [{Q(first)}, 'noise', {Q(second)}]", f"del {name}[1]")


def regex_group(make: Maker, text: str) -> Piece:
    return value(f"re.match(r'([\\w.]+);', {Q(text + ';rest')}).group(1)", "import re")


def shell_words(make: Maker, text: str) -> Piece:
    return value(f"shlex.split({Q('load ' + text)})[1]", "import shlex")


def chosen_from_one(make: Maker, text: str) -> Piece:
    return value(f"random.choice([{Q(text)}])", "import random")


def chain_map(make: Maker, text: str) -> Piece:
    return value(f"collections.ChainMap({{'a': 'json'}}, {{'m': {Q(text)}}})['m']", "import collections")


def match_mapping(make: Maker, text: str) -> Piece:
    name = make.name()
    return value(name, f"match {{'m': {Q(text)}}}:", f"    case {{'m': str({name})}}:", "        pass")


def formatted_attribute(make: Maker, text: str) -> Piece:
    name = make.name("C")
    return value(f"'{{0.m}}'.format({name})", f"class {name}:", f"    m = {Q(text)}")


def command_line_default(make: Maker, text: str) -> Piece:
    name = make.name("p")
    return value(
        f"{name}.parse_args([]).m", "import argparse", f"{name} = argparse.ArgumentParser()",
        f"{name}.add_argument('--m', default={Q(text)})",
    )  # fmt: skip


def configuration_default(make: Maker, text: str) -> Piece:
    return value(f"configparser.ConfigParser().get('a', 'b', fallback={Q(text)})", "import configparser")


def keyword_default(make: Maker, text: str) -> Piece:
    name = make.name("f")
    return value(f"{name}(a=1)", f"def {name}(**kw):", f"    return kw.get('m', {Q(text)})")


def of_subclass(make: Maker, text: str) -> Piece:
    base, name = make.name("B"), make.name("C")
    return value(
        f"{name}().get()", f"class {base}:", "    m = 'json'", "    def get(self):", "        return self.m",
        f"class {name}({base}):", f"    m = {Q(text)}",
    )  # fmt: skip


def frame_globals(make: Maker, text: str) -> Piece:
    name = make.name("G")
    return value(f"sys._getframe().f_globals[{Q(name)}]", "import sys", f"globals()[{Q(name)}] = {Q(text)}")


def metaclass_keyword(make: Maker, text: str) -> Piece:
    meta, name = make.name("M"), make.name("C")
    return value(
        f"{name}.m", f"class {meta}(type):", "    def __new__(mcs, n, b, d, m='json'):", "        d['m'] = m",
        "        return super().__new__(mcs, n, b, d)", f"class {name}(metaclass={meta}, m={Q(text)}):", "    pass",
    )  # fmt: skip


def unpacked_row(make: Maker, text: str) -> Piece:
    name, table = make.name(), make.name("table")
    return value(name, f"{table} = {{'a': ('json', 1), 'b': ({Q(text)}, 2)}}", f"{name}, _ = {table}[min('b', 'c')]")


STRINGS: tuple[Builder, ...] = tuple(
    found
    for name, found in list(globals().items())
    if callable(found) and getattr(found, "__module__", "") == __name__ and not name.startswith("_")
)
