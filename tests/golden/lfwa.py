"""Writes small files with the variables of LFWA's own: python3 lfwa.py, with numpy and SciPy installed.

Five photos of three persons, three attributes, a part of three and one of two photos, numbered from 1.
"""
import pathlib

import numpy
import scipy.io

folder = pathlib.Path(__file__).with_name("lfwa")


def cells(texts):
    column = numpy.empty((len(texts), 1), dtype=object)
    column[:, 0] = texts
    return column


names = ["Ann_Lee\\Ann_Lee_0001.jpg", "Bo_Ek\\Bo_Ek_0001.jpg", "Bo_Ek\\Bo_Ek_0002.jpg", "Cy_Ott\\Cy_Ott_0001.jpg",
         "Cy_Ott\\Cy_Ott_0002.jpg"]
label = numpy.array([[1, 0, 0], [0, 1, 0], [0, 1, 1], [1, 1, 0], [0, 0, 1]], dtype=float)
scipy.io.savemat(folder / "lfw_att_40.mat", {
    "AttrName": cells(["Male", "Smiling", "Wearing Hat"]),
    "label": label,
    "name": cells(names),
}, do_compression=True)
scipy.io.savemat(folder / "indices_train_test.mat", {
    "indices_img_train": numpy.array([[1], [3], [2]], dtype=float),
    "indices_img_test": numpy.array([[4], [5]], dtype=float),
    "indices_identity_train": numpy.array([[1], [2]], dtype=float),
    "indices_identity_test": numpy.array([[3]], dtype=float),
}, do_compression=True)
