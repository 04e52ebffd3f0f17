"""The idioms, one a module; ``lint_plugin.codemod.idiom.all_idioms`` finds them."""
