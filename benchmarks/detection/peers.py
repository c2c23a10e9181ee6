#!/usr/bin/env python3
"""Finds faces with another detector on all pictures of a folder: peers.py mtcnn|haar FOLDER FOUND SMALLEST_FACE THREADS

Writes a line of JSON for each picture into FOUND, as `evaluate_detection --found` reads it, and prints one with the mean milliseconds for a picture of
640x480 (decoding left out, after one picture that is not counted) and the peak memory of this process in MB.
"""
import json
import pathlib
import resource
import sys
import time


def mtcnn(smallest, threads):
    import numpy
    import torch
    from PIL import Image
    from facenet_pytorch import MTCNN

    torch.set_num_threads(threads)
    # The last threshold is low so that the whole curve is seen, as evaluate_detection has it for ours.
    net = MTCNN(keep_all=True, min_face_size=smallest, thresholds=[0.6, 0.7, 0.05], device="cpu")

    def find(picture):
        boxes, scores, points = net.detect(picture, landmarks=True)
        if boxes is None:
            return []
        return [{"box": [b[0], b[1], b[2] - b[0], b[3] - b[1]], "score": s, "landmarks": p}
                for b, s, p in zip(numpy.asarray(boxes, float).tolist(), numpy.asarray(scores, float).tolist(), numpy.asarray(points, float).tolist())]
    return lambda path: Image.open(path).convert("RGB"), find


def haar(smallest, threads):
    import cv2

    cv2.setNumThreads(threads)
    net = cv2.CascadeClassifier(cv2.data.haarcascades + "haarcascade_frontalface_default.xml")

    def find(picture):
        grey = cv2.cvtColor(picture, cv2.COLOR_BGR2GRAY)
        boxes, _, weights = net.detectMultiScale3(grey, scaleFactor=1.1, minNeighbors=3, minSize=(smallest, smallest), outputRejectLevels=True)
        return [{"box": [float(v) for v in box], "score": float(weight)} for box, weight in zip(boxes, weights)]
    return lambda path: cv2.imread(str(path)), find


def main(which, folder, found, smallest, threads):
    read, find = {"mtcnn": mtcnn, "haar": haar}[which](int(smallest), int(threads))
    seconds, timed = 0.0, 0
    with open(found, "w") as out:
        for path in sorted(pathlib.Path(folder).glob("*.png")):
            picture = read(path)
            if timed == 0:
                find(picture)
            start = time.perf_counter()
            faces = find(picture)
            if path.name.startswith("scene-"):
                seconds, timed = seconds + time.perf_counter() - start, timed + 1
            out.write(json.dumps({"photo": path.stem, "faces": faces}) + "\n")
    print(json.dumps({"ms_per_photo": 1000 * seconds / max(timed, 1), "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024}))


main(*sys.argv[1:])
