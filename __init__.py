"""Kuzet: a city's cameras, streets and incidents joined; this folder is the package `kuzet`."""
